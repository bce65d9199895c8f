"""`manage.py worker`: does what waits, on as many hosts as wanted."""

import argparse
import logging
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.worker import cluster, exporting
from portal.worker.supervisor import Supervisor
from portal.worker.sweeper import sweep_once


class Command(BaseCommand):
    """Sweeps at every start and each minute, and keeps a cluster of the queue alive."""

    help = "Do what waits: calls to the exchange core, closures that are due, messages. Ends on SIGTERM or Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add `--once`; the others are the supervisor's own."""
        parser.add_argument(
            "--once", action="store_true", help="run every sweep and build every export once, without a queue, and end"
        )
        parser.add_argument("--cluster", default="", help=argparse.SUPPRESS)
        parser.add_argument("--exports", action="store_true", help=argparse.SUPPRESS)
        parser.add_argument("--parent", type=int, default=0, help=argparse.SUPPRESS)

    def handle(self, *_args: Any, once: bool, **options: Any) -> None:
        """Run; exit code 1 with `--once` when a sweep failed."""
        logging.getLogger("portal.worker").setLevel(logging.INFO)
        if options["cluster"]:
            cluster.run(options["cluster"], parent=options["parent"])
        elif options["exports"]:
            exporting.run(parent=options["parent"])
        elif not once:
            Supervisor().run()
        else:
            well = sweep_once()
            exporting.build_all()
            if not well:
                sys.exit(1)
