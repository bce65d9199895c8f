"""`manage.py inspect_account ACCOUNT`: how one account stands, redacted, for whoever runs the portal."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from closure.inspection import Facts, inspect
from closure.management.options import Exit, find_account


class Command(BaseCommand):
    help = "Show the state of one account without anything personal. Exit 0 shown, 2 there is no such account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the account and the form."""
        parser.add_argument("account", help="e-mail address, phone number or id; a closed account by its id alone")
        parser.add_argument("--json", action="store_true", help="one JSON object a line, the summary last")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show it; nothing changes."""
        account = find_account(options["account"])
        if account is None:
            self.stderr.write("There is no account with this e-mail address, phone number or id.")
            raise SystemExit(Exit.USAGE)
        found = inspect(account)
        if options["json"]:
            for about, facts in found:
                self.stdout.write(json.dumps({"about": about, **facts}))
            self.stdout.write(json.dumps({"summary": {"account": str(account.pk), "facts": len(found)}}))
            return
        for about, facts in found:
            self.stdout.write(_line(about, facts))


def _line(about: str, facts: Facts) -> str:
    """Return one line; what has no value is left out."""
    told = [f"{name}={_words(value)}" for name, value in facts.items() if value not in (None, "", [], {})]
    return f"{about:<12} {'  '.join(told)}"


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{name}:{each}" for name, each in value.items())
    return ",".join(value) if isinstance(value, list) else str(value)
