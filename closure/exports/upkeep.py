"""What time takes away: exports past their date, files that no row names, rows whose file is gone (B11)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from accounts.journal import record
from closure.exports import build, store
from closure.exports.enums import ExportState
from closure.models import ClosureRequest, Export
from closure.policy import loader
from closure.policy.schema import ExportUntil

SWEEP = Actor.system("sweep")
EXPIRED = "export.expired"
MOST_AT_ONCE = 500


def sweep(now: datetime) -> dict[str, int]:
    """Take away what is over and mend what does not fit; safe to run again, and by two workers at once."""
    return {"exports_expired": expire(now), "exports_mended": mend(now)}


def expire(now: datetime) -> int:
    """End exports whose date has come; returns how many. The row goes first: without its key a file is noise."""
    due = list(Export.objects.filter(expires_at__lte=now).order_by("expires_at")[:MOST_AT_ONCE])
    return sum(_expire(export, now=now) for export in due)


def _expire(export: Export, *, now: datetime) -> bool:
    with transaction.atomic():
        gone = Export.objects.select_for_update().filter(pk=export.pk, expires_at__lte=now).first()
        if gone is None:
            return False
        remove([gone], now=now)
    store.remove(gone.file)
    return True


def remove(exports: Collection[Export], *, now: datetime) -> None:
    """Delete rows, each with its event, inside the caller's transaction; their files are the caller's to remove."""
    for export in exports:
        record(EXPIRED, actor=SWEEP, at=now, account_id=export.account_id, data={"export": str(export.pk)})
    Export.objects.filter(pk__in=[export.pk for export in exports]).delete()


def purge(account_ids: Collection[UUID], *, now: datetime) -> None:
    """End every export of these accounts, files first, inside the transaction that seals (F02)."""
    found = list(Export.objects.select_for_update().filter(account_id__in=account_ids).order_by("id"))
    for export in found:
        store.remove(export.file)
    remove(found, now=now)


def mend(now: datetime) -> int:
    """Remove files that no row names, and fail rows whose file is gone; returns how many of both.

    A name is in its row before its file is made, so the folder is read first: what is there and unnamed then is left
    over from somebody who died.
    """
    there = store.names()
    rows = list(Export.objects.exclude(file=None).only("id", "file", "state", "account_id", "kind"))
    strays = there - {row.file for row in rows}
    for name in strays:
        store.remove(name)
    lost = [row for row in rows if row.state == ExportState.READY and _is_gone(row, there)]
    for row in lost:
        build.lose(row, now=now)
    return len(strays) + len(lost)


def _is_gone(row: Export, there: Collection[UUID]) -> bool:
    return row.file is not None and row.file not in there and not store.is_there(row.file)


def follow_submission(request: ClosureRequest, *, now: datetime) -> None:
    """Give the exports of a request that was just submitted the date that its policy says (B11)."""
    Export.objects.filter(account_id=request.account_id).update(expires_at=until(request, now=now))


def until(request: ClosureRequest, *, now: datetime) -> datetime:
    """Return until when the policy of a submitted request keeps exports: till now, or till the wait ends."""
    ends_with_wait = loader.from_pinned(request.policy).waiting.export_until is ExportUntil.WAIT_ENDS
    return request.finalizes_after if ends_with_wait and request.finalizes_after else now
