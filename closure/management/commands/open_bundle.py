"""`manage.py open_bundle`: checks what was given out of an archive, and prints it (F05)."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from closure.management.options import Exit, Output
from closure.retention import bundles
from closure.retention.bundles import BundleRefused

# What was typed or named wrongly says nothing about the file.
USAGE = frozenset({"bad_passphrase", "not_a_bundle"})
TOLD = ("disclosure", "purpose", "reference", "account", "opened_at", "key")


class Command(BaseCommand):
    help = (
        "Check a bundle that was given out of an archive and print its records. The passphrase is asked for, or read "
        "from standard input. Exit 2: no such file, no bundle, or no passphrase; 5: another passphrase, or changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the bundle, as it was downloaded")
        parser.add_argument("--json", action="store_true", help="one JSON object a line, a summary last")
        parser.add_argument("--no-progress", dest="progress", action="store_false", help="no count on the terminal")
        parser.add_argument("--no-input", action="store_true", help="never ask: the passphrase is on standard input")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print each record with its entry of the manifest; nothing at all of a file that fails."""
        output = Output(self.stdout, self.stderr, as_json=options["json"], progress=options["progress"])
        try:
            said = bundles.open_bundle(options["file"].read_bytes(), _passphrase(asks=not options["no_input"]))
        except OSError as error:
            self._end(f"{options['file']} cannot be read: {error.strerror}", Exit.USAGE)
        except BundleRefused as refused:
            self._end(refused.message, Exit.USAGE if refused.code in USAGE else Exit.BROKEN)
        else:
            for entry, text in zip(said["manifest"], said["records"], strict=True):
                output.line({**entry, "contents": text})
            output.summary({"records": output.count, **{name: said[name] for name in TOLD}})

    def _end(self, message: str, code: Exit) -> None:
        self.stderr.write(message)
        raise SystemExit(code)


def _passphrase(*, asks: bool) -> str:
    """Return what somebody types unseen, or the first line of standard input."""
    return getpass("Passphrase: ") if asks and sys.stdin.isatty() else sys.stdin.readline()
