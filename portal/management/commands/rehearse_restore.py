"""`manage.py rehearse_restore`: backs up, closes, restores, replays and looks for who came back, on the side."""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from psycopg import Error

from accounts import clock
from closure.management.options import Exit
from closure.restore import copies
from portal.demo import rehearsal

# What the portal's own environment says of keys, places and messages is none of the rehearsal's.
OWN = (
    "SECRET_KEY FINGERPRINT_KEYS ARCHIVE_KEYS SIGNING_KEY RETIRED_SIGNING_KEYS ARCHIVE_KEYS_DIR CLOSURE_BOOK_DIR "
    "PORTAL_POLICY PORTAL_GATEWAY PORTAL_GATEWAY_URL PORTAL_GATEWAY_KEY EMAIL_URL SMS_URL QUEUE_URL MESSAGE_EVENTS_KEY"
)


class Command(BaseCommand):
    help = (
        "Rehearse a restore with people of its own: a database of the same kind beside ours, made and removed again. "
        "Prints one JSON object. Exit 5: somebody came back; 1: it could not be rehearsed."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the folder; what is hidden is for the process that does the work."""
        parser.add_argument("--folder", type=Path, default=None, metavar="DIR", help="where the scratch folder is made")
        parser.add_argument("--backup", type=Path, default=None, help=argparse.SUPPRESS)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run; the exit code as the class says."""
        if options["backup"] is not None:
            self.stdout.write(json.dumps(rehearsal.rehearse(backup=options["backup"], now=clock.now())))
            return
        with tempfile.TemporaryDirectory(prefix="closeout-rehearsal-", dir=options["folder"]) as name:
            found = _rehearsed(Path(name))
        self.stdout.write(json.dumps(found))
        if not rehearsal.is_well(found):
            raise SystemExit(Exit.BROKEN)


def _rehearsed(scratch: Path) -> dict[str, Any]:
    """Have a process of its own do it; its log lies where it is looked through."""
    var = scratch / "var"
    var.mkdir()
    with _database(var) as url, (var / "rehearsal.log").open("wb") as log:
        environment = {**os.environ, **dict.fromkeys(OWN.split(), ""), "DEMO": "1", "VAR_DIR": str(var)}
        backup = scratch / f"closeout_backup_{secrets.token_hex(4)}"
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "rehearse_restore", "--backup", str(backup)]
        done = subprocess.run(  # noqa: S603  (our own)
            command, env={**environment, "DATABASE_URL": url}, stdout=subprocess.PIPE, stderr=log, check=False
        )
    if done.returncode:
        said = (var / "rehearsal.log").read_text(errors="replace").strip().splitlines()
        raise CommandError(f"The rehearsal did not end: {said[-1] if said else done.returncode}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextmanager
def _database(var: Path) -> Iterator[str]:
    """Give the address of an empty database of the kind of ours."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{var / 'portal.sqlite3'}"
        return
    name = f"closeout_rehearsal_{secrets.token_hex(4)}"
    try:
        copies.create(name)
    except Error as error:
        raise CommandError("No database can be made on this server: give the portal's user CREATEDB.") from error
    try:
        yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    finally:
        copies.drop(Path(name))
