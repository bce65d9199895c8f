"""A restore rehearsed from end to end, on a database of its own: people come and leave, and must not come back."""

import io
import json
import secrets
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.enums import AccountStatus
from accounts.identifiers import find_account
from accounts.models import Account
from closure.enums import ClosureState
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest
from closure.restore import copies, scan
from portal.demo import journeys, personas, seed

# How each stands when the backup is made: has asked to close, is a customer, or is not there yet.
THEN = ("waiting", "customer", "later")


def rehearse(*, backup: Path, now: datetime) -> dict[str, Any]:
    """Go through it in this process; returns what was found, as JSON has it.

    `backup` is where the backup goes: no part of what is looked through. Raises CommandError unless this is a demo's
    database without anybody in it.
    """
    if not settings.DEMO:
        raise CommandError("A rehearsal makes and restores a database of its own.")
    call_command("migrate", verbosity=0, interactive=False)
    if Account.objects.exists():
        raise CommandError("This database has people in it. A rehearsal would put it back to an older state.")
    marker = f"planted{secrets.token_hex(6)}"
    names = {then: f"{marker}-{then}" for then in THEN}
    _arrive([names["waiting"], names["customer"]], now=now)
    _ask(names["waiting"], now=now)
    copies.back_up(backup)
    try:
        _arrive([names["later"]], now=now)
        for then in ("customer", "later"):
            _ask(names[then], now=now)
        closed = finalize_due(now=now - journeys.CLOSED_FOR).closed
        left = _places(marker)
        copies.restore(backup)
    finally:
        copies.drop(backup)
    back = _places(marker)
    code, replayed = _replay()
    return {
        "database": connection.vendor,
        "closed": closed,
        "left_by_closing": left,
        "back_with_the_backup": len(back),
        "replay": {"exit": code, **replayed},
        "left": _places(marker),
        "not_closed": len(THEN) - _closed_here(),
    }


def is_well(found: dict[str, Any]) -> bool:
    """Tell whether everybody was closed, came back with the backup, and is gone again."""
    gone = (found["left_by_closing"], found["left"], found["not_closed"], found["replay"]["exit"]) == ([], [], 0, 0)
    return gone and found["closed"] == len(THEN) and found["back_with_the_backup"] > 0


def _arrive(names: Collection[str], *, now: datetime) -> None:
    """Import people whose every detail has the marker in it, and give each an authenticator."""
    then, password = now - seed.SETTLED, make_password(personas.PASSWORD)
    start = Account.objects.count()
    lines = [personas.line_of(start + number, name, now, password) for number, name in enumerate(names)]
    seed.import_people(lines, now=then)
    for name in names:
        seed.give_totp(_account(name), now=then)


def _ask(name: str, *, now: datetime) -> None:
    journeys.ask(_account(name), now=now - journeys.ASKED_BEFORE)


def _account(name: str) -> Account:
    account = find_account(personas.email_of(name))
    if account is None:
        raise RuntimeError(f"nobody is called {name}")
    return account


def _replay() -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    code = 0
    try:
        call_command("replay_closures", json=True, stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    counts: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])["summary"]
    return code, counts


def _places(marker: str) -> list[str]:
    """Return the tables and files in which the marker, or the name made of it, can be read."""
    needles = [marker.encode(), marker.title().encode(), marker.upper().encode()]
    found = [place for place, kept in scan.tables() if any(needle in kept for needle in needles)]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return found + [place for place, kept in scan.files(settings.VAR_DIR) if any(needle in kept for needle in needles)]


def _closed_here() -> int:
    closed = ClosureRequest.objects.filter(state=ClosureState.CLOSED, account__status=AccountStatus.CLOSED)
    return closed.filter(account__email=None, account__phone=None, account__name="").count()
