"""A database that is backed up, goes on, and is put back: what every drill of a restore does."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from accounts.models import Account
from closure.models import ClosureRequest, Receipt
from closure.restore import copies
from closure.restore.run import Outcome, replay_all


@contextmanager
def backed_up(folder: Path) -> Iterator[None]:
    """Put the database back, at the end, to what it was at the beginning."""
    # Each worker of the suite has a database of its own, on a server that they share.
    copy = folder / f"{Path(str(connection.settings_dict['NAME'])).name}_drill"
    copies.back_up(copy)
    try:
        yield
        copies.restore(copy)
    finally:
        copies.drop(copy)


def replayed(now: datetime) -> dict[str, str]:
    """Replay the book; returns what became of each page."""
    told: list[Outcome] = []
    replay_all(now=now, batch_size=10, limit=None, report=told.append)
    return {outcome.reference: " ".join(filter(None, [outcome.became, outcome.detail])) for outcome in told}


def command(*arguments: str) -> tuple[int, list[str]]:
    """Run the command; returns its exit code and its lines."""
    out = StringIO()
    try:
        call_command("replay_closures", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def remains(request: ClosureRequest) -> dict[str, Any]:
    """Return what stays of a closure, as a picture to compare."""
    row = ClosureRequest.objects.get(pk=request.pk)
    receipt = Receipt.objects.get(request=row)
    return {
        "state": row.state,
        "ended": (row.ended_at, row.end_reason, row.sealed_at, row.acknowledged, row.policy),
        "account": Account.objects.filter(pk=row.account_id).values_list("status", "email", "name", "password").get(),
        "receipt": (receipt.pk, bytes(receipt.body), bytes(receipt.signature)),
    }
