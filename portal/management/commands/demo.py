"""`manage.py demo`: an embedded database, sample customers, the web and the worker; Ctrl-C ends all."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo import launcher

USAGE = 2


class Command(BaseCommand):
    help = "Run the whole portal with sample customers on this machine. Needs DEMO=1."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--reset", action="store_true", help="start again with fresh data")
        parser.add_argument("--no-worker", action="store_true", help="leave the worker to you")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Set DEMO=1: the demo makes keys and people that are for trying only.", returncode=USAGE)
        launcher.run(
            port=options["port"],
            reset=options["reset"],
            with_worker=not options["no_worker"],
            out=self.stdout,
        )
