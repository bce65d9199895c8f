"""The end of an archive: when its month is over the key is destroyed, after what is held moved to another (H04).

Each month takes four steps, and a killed run goes on where it was: held records move, in batches; the month is marked
destroyed, with its certificate in the journal, in one transaction; then the key files go; then the rows, in batches.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from accounts import clock, journal
from accounts.actors import Actor
from closure.retention import holding, month_rows
from closure.retention.canary import NOBODY
from closure.retention.enums import ArchiveAction, MonthState
from closure.retention.models import ArchiveRecord, PurgeMonth
from closure.retention.months import Keys, store
from closure.retention.rewrap import Move, rewrap
from closure.retention.schedule import month_of

logger = logging.getLogger(__name__)
BATCH = 500
PURGER = Actor.system("purge_archive")


@dataclass(frozen=True, kw_only=True)
class Purged:
    """What a run did about one month. `broken` says why it was left: it is never destroyed half known."""

    month: str
    destroyed: bool = False
    moved: int = 0
    deleted: int = 0
    broken: str = ""


@dataclass(frozen=True, kw_only=True)
class Due:
    """What a run would do about one month."""

    month: str
    records: int
    held: int


class NotOver(Exception):
    """A record of a month that is over is not: its row was changed behind our back."""


def over(now: datetime) -> QuerySet[PurgeMonth]:
    """Return the months whose keys are to be destroyed, oldest first: over by `now` and by the database's own time."""
    months = PurgeMonth.objects.filter(state=MonthState.OPEN, month__lt=month_of(now)).order_by("month")
    told = months.annotate(told=clock.db_now()).values_list("told", flat=True).first()
    return months if told is None else months.filter(month__lt=month_of(told))


def left(now: datetime) -> list[str]:
    """Return the months that a run works on: those that are over, and destroyed ones of which something is left."""
    destroyed = PurgeMonth.objects.filter(state=MonthState.DESTROYED)
    with_rows = destroyed.filter(Exists(ArchiveRecord.objects.filter(key_month=OuterRef("month"))))
    with_files = destroyed.filter(month__in=store().months())
    found = {row.month for rows in (over(now), with_rows, with_files) for row in rows}
    return sorted(found)


def due(month: str) -> Due:
    """Return what would happen to a month."""
    records = _records(month)
    held = len(holding.held_records(records, most=records.count() or 1))
    return Due(month=month, records=records.exclude(account_id=NOBODY).count(), held=held)


def purge(month: str, *, now: datetime, batch_size: int = BATCH, stop: Callable[[], bool] = lambda: False) -> Purged:
    """Purge one month as far as it goes, outside of a transaction; safe to run again, and by two at once.

    Stops between batches when asked. What cannot be read and is held keeps its month: nothing held is ever lost.
    """
    moved, broken, destroyed = 0, "", False
    while not stop():
        try:
            step = _move_or_destroy(month, now=now, batch_size=batch_size)
        except NotOver as error:
            return Purged(month=month, moved=moved, broken=str(error))
        moved += step.moved
        broken, destroyed = step.broken, step.destroyed
        if broken or destroyed:
            break
    if broken or not destroyed:
        return Purged(month=month, moved=moved, broken=broken)
    with transaction.atomic(durable=True):
        # Under the row's lock, so that no rotation writes a key back that was destroyed meanwhile.
        month_rows.lock([month])
        store().destroy(month)
    return Purged(month=month, destroyed=True, moved=moved, deleted=_delete_rows(month, batch_size, stop))


def _move_or_destroy(month: str, *, now: datetime, batch_size: int) -> Purged:
    """Move one batch of what is held; where nothing is, mark the month destroyed and write its certificate."""
    with transaction.atomic(durable=True):
        row = month_rows.lock([month])[month]
        if row.state == MonthState.DESTROYED:
            return Purged(month=month, destroyed=True)
        if not over(now).filter(month=month).exists():
            raise NotOver("the month is not over")
        found = holding.held_records(_records(month), most=batch_size)
        if found:
            return _move(month, found, now=now)
        told = _records(month).exclude(account_id=NOBODY).aggregate(records=Count("pk"), latest=Max("expires_at"))
        if told["latest"] is not None and told["latest"] > now:
            raise NotOver("a record in it is not over")
        PurgeMonth.objects.filter(month=month).update(state=MonthState.DESTROYED, destroyed_at=now, problem="")
        journal.record(
            ArchiveAction.PURGED,
            actor=PURGER,
            at=now,
            data={"month": month, "generation": row.generation, "records": told["records"]},
        )
    return Purged(month=month, destroyed=True)


def _move(month: str, found: list[ArchiveRecord], *, now: datetime) -> Purged:
    keys = Keys()
    to = month_rows.usable([month_of(now)], keys=keys, now=now)[month_of(now)]
    moves = [Move(record=record, to=to, expires_at=record.expires_at) for record in found]
    unread = rewrap(moves, keys=keys)
    if unread:
        logger.critical("archive month %s stays: %s held records cannot be read", month, len(unread))
    return Purged(
        month=month, moved=len(found) - len(unread), broken=f"{len(unread)} held, unreadable" if unread else ""
    )


def _delete_rows(month: str, batch_size: int, stop: Callable[[], bool]) -> int:
    """Delete the rows of a destroyed month: without their key they are noise."""
    deleted = 0
    while not stop():
        with transaction.atomic(durable=True):
            month_rows.lock([month])
            keys = list(_records(month).order_by("account_id", "pk").values_list("pk", flat=True)[:batch_size])
            # Contents stay unread; a row without its shard and owner would ask for them one by one.
            ArchiveRecord.objects.filter(pk__in=keys).only("pk", "shard", "account_id").delete()
        deleted += len(keys)
        if len(keys) < batch_size:
            break
    return deleted


def _records(month: str) -> QuerySet[ArchiveRecord]:
    return ArchiveRecord.objects.filter(key_month=month)
