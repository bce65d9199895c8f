"""Fills a disk under a portal of its own and prints what became of it (test_full_disk.py starts it).

The disk is SQLite's own limit of pages: beyond it every write that needs room fails as it does on a full disk.
"""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import OperationalError, connection  # noqa: E402
from django.db.backends.signals import connection_created  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from accounts import clock  # noqa: E402
from closure.operations.sweep import run_sweeps  # noqa: E402
from portal.worker import pulse  # noqa: E402
from tests.closure.closing import approved  # noqa: E402
from tests.closure.finalization.test_resume import CLOSED, LATER, outcome  # noqa: E402
from tests.invariants import violations  # noqa: E402
from tests.plugins.databases import pytest_configure  # noqa: E402

PIECE = 2000


def allow_no_more(connection: Any, **_facts: Any) -> None:
    """Let a connection use the pages there are and none more."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1")  # less than there are means those there are


def fill() -> None:
    """Use up every page there is, and allow no more."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE filler (piece BLOB)")
    connection.close()
    connection_created.connect(allow_no_more)
    with connection.cursor() as cursor:
        for size in (PIECE, 1):
            try:
                while True:
                    cursor.execute("INSERT INTO filler VALUES (zeroblob(%s))", [size])
            except OperationalError as error:
                if "full" not in str(error):
                    raise


def make_room() -> None:
    """Let the disk grow again."""
    connection_created.disconnect(allow_no_more)
    connection.close()


def run() -> dict[str, Any]:
    """Close an account on a disk that is full for a while."""
    pytest_configure()
    call_command("migrate", verbosity=0)
    setup_test_environment(debug=False)
    now = clock.now()
    requests = [approved(f"ana{number}", now=now) for number in range(40)]
    client = Client(raise_request_exception=False)
    before = violations()
    fill()
    counts = run_sweeps(clock.now())
    # A write that needs no new page still goes well, so one after the other until one does not.
    answers = (client.post("/sign-in/", {"identifier": f"n{n}@example.test", "password": "no"}) for n in range(200))
    page = next(answer for answer in answers if answer.status_code >= 500)
    pulse.expect("pulse-of-a-full-disk")
    pulse.acknowledged("pulse-of-a-full-disk", {"func": pulse.ANSWER, "args": (7,)})
    full = {
        "failed": counts["failed"] > 0,
        "closed": counts.get("closed", 0),
        "page": page.status_code,
        "words": "We cannot do this right now" in page.content.decode(),
        "trace": "Traceback" in page.content.decode(),
        "new violations": sorted({*violations()} - {*before}),
        "pulse": pulse.last_answered("pulse-of-a-full-disk"),
    }
    make_room()
    run_sweeps(clock.now() + LATER + timedelta(hours=1))
    return {"full": full, "room": {"closed": sum(outcome(request) == CLOSED for request in requests)}}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(run()))
