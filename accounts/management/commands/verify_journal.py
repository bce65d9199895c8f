"""Checks the journal: bytes, columns and chains; names the first break."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import chain

INTEGRITY_BROKEN = 5


class Command(BaseCommand):
    help = "Check that no event of the journal was edited, removed or moved. Exit 5 names the first break."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        count, found = chain.verify()
        if options["json"]:
            broken = {"subject": found.subject, "problem": found.problem} if found else None
            self.stdout.write(json.dumps({"summary": {"events": count, "broken": broken}}))
        elif found:
            self.stdout.write(f"{found.subject}: {found.problem} (after {count} events)")
        else:
            self.stdout.write(f"{count} events, all in order")
        if found:
            raise SystemExit(INTEGRITY_BROKEN)
