"""New keys for what is sealed: the ring's newest around the months' keys, or new keys for the months themselves.

Neither reads contents. A run that was killed is gone on with by the next: what is left to do is seen in files and rows.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import journal
from accounts.actors import Actor
from closure.retention import month_rows
from closure.retention.enums import ArchiveAction, MonthState
from closure.retention.exceptions import KeyGone, Unreadable
from closure.retention.models import ArchiveRecord, PurgeMonth
from closure.retention.months import Keys, store
from closure.retention.rewrap import Move, rewrap

logger = logging.getLogger(__name__)
BATCH = 500
ROTATOR = Actor.system("rotate_archive_keys")


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """What a run did about one month: its key files wrapped anew, its record keys; `broken` says why it was left."""

    month: str
    files: int = 0
    records: int = 0
    broken: str = ""


def open_months() -> list[str]:
    """Return the months that have a key in use, in order."""
    return list(PurgeMonth.objects.filter(state=MonthState.OPEN).order_by("month").values_list("month", flat=True))


def months_with_files() -> list[str]:
    """Return the months whose key files are to be wrapped, those that no row knows yet too; in order."""
    gone = set(PurgeMonth.objects.filter(state=MonthState.DESTROYED).values_list("month", flat=True))
    return [month for month in sorted({*store().months(), *open_months()}) if month not in gone]


def wrap_by_ring(month: str, *, now: datetime) -> Rotated:
    """Wrap the key files of one month by the newest key of the ring, outside of a transaction; safe to run again."""
    with transaction.atomic(durable=True):
        row = month_rows.lock([month]).get(month)
        if row is not None and row.state == MonthState.DESTROYED:
            return Rotated(month=month)
        at = store()
        generations = {*at.generations(month), *([row.generation] if row is not None else ())}
        try:
            changed = sum(at.rewrap(month, generation) for generation in sorted(generations))
        except (KeyGone, Unreadable) as error:
            logger.critical("archive month %s: %s", month, error.code)
            return Rotated(month=month, broken=error.code)
        # The row says what is journaled: a run killed between files and row is told of once, by the next.
        newest = settings.ARCHIVE_KEYS.newest
        if PurgeMonth.objects.filter(month=month).exclude(ring_version=newest).update(ring_version=newest):
            told = {"month": month, "ring": newest}
            journal.record(ArchiveAction.KEYS_ROTATED, actor=ROTATOR, at=now, data=told)
    return Rotated(month=month, files=changed)


def begin_renewal(*, now: datetime) -> list[str]:
    """Give every open month a new key, in one transaction; returns the months.

    Does nothing while an earlier renewal is not through: that one is gone on with first.
    """
    with transaction.atomic(durable=True):
        rows = month_rows.lock(open_months())
        opens = [row for row in rows.values() if row.state == MonthState.OPEN]
        if any(is_renewing(row) for row in opens):
            return []
        at = store()
        for row in opens:
            at.read(row.month, row.generation)
            row.generation += 1
            at.create(row.month, row.generation)
            told = {"month": row.month, "generation": row.generation}
            journal.record(ArchiveAction.KEYS_ROTATED, actor=ROTATOR, at=now, data=told)
        PurgeMonth.objects.bulk_update(opens, ["generation"])
    return [row.month for row in opens]


def is_renewing(row: PurgeMonth) -> bool:
    """Tell whether an older key of a month is still there."""
    return any(generation < row.generation for generation in store().generations(row.month))


def renewing() -> list[str]:
    """Return the months whose renewal is not through, in order."""
    rows = PurgeMonth.objects.filter(state=MonthState.OPEN).order_by("month")
    return [row.month for row in rows if is_renewing(row)]


def renew(month: str, *, batch_size: int = BATCH, stop: Callable[[], bool] = lambda: False) -> Rotated:
    """Wrap the record keys of one month by its newest key, in batches, then destroy the older keys.

    Outside of a transaction; safe to run again. Older keys stay while a record under them cannot be read.
    """
    done, unread = 0, 0
    last: ArchiveRecord | None = None
    while not stop():
        with transaction.atomic(durable=True):
            row = month_rows.lock([month]).get(month)
            if row is None or row.state == MonthState.DESTROYED:
                return Rotated(month=month, records=done)
            batch = list(_older(row, after=last)[:batch_size])
            keys = Keys()
            moves = [Move(record=each, to=row, expires_at=each.expires_at) for each in batch]
            broken = len(rewrap(moves, keys=keys))
            if not batch and not _older(row).exists():
                keys.store.destroy(month, before=row.generation)
        done, unread = done + len(batch) - broken, unread + broken
        if not batch:
            break
        last = batch[-1]
    if unread:
        logger.critical("archive month %s keeps its older keys: %s records cannot be read", month, unread)
    return Rotated(month=month, records=done, broken=f"{unread} unreadable" if unread else "")


def _older(row: PurgeMonth, *, after: ArchiveRecord | None = None) -> QuerySet[ArchiveRecord]:
    """Return the records of a month that an older key wraps, in the order of its index, after one of them."""
    found = ArchiveRecord.objects.filter(key_month=row.month, key_generation__lt=row.generation)
    if after is not None:
        same = Q(account_id=after.account_id, pk__gt=after.pk)
        found = found.filter(Q(account_id__gt=after.account_id) | same, account_id__gte=after.account_id)
    return found.defer("box").order_by("account_id", "pk")
