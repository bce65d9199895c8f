"""Sealed records put back into a restored database, and its months brought up to the keys that there are (H06).

A month whose key was destroyed since stays destroyed: what was sealed under it is not put back, and what the backup
brought of it goes with the next purge.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts import journal
from accounts.actors import Actor
from closure.retention import canary, month_rows
from closure.retention.enums import ArchiveAction, MonthState
from closure.retention.exceptions import KeyGone
from closure.retention.models import ArchivePrint, ArchiveRecord, PurgeMonth
from closure.retention.months import Keys, store
from closure.retention.schedule import month_of

WRAPPING = ("wrapped_key", "key_month", "key_generation", "expires_at")


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """One record and its prints, as they were sealed; not rows of this database yet."""

    record: ArchiveRecord
    prints: tuple[ArchivePrint, ...]


def catch_up(*, actor: Actor, now: datetime) -> int:
    """Bring the rows of months up to the keys in the folder, outside of a transaction; returns how many changed.

    Months that began since the backup get their row, months whose keys were renewed since their newest generation.
    """
    return sum(_catch_up(month, actor=actor, now=now) for month in store().months())


def _catch_up(month: str, *, actor: Actor, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        row = month_rows.lock([month]).get(month)
        keys = Keys()
        newest = max(keys.store.generations(month), default=0)
        if not newest or (row is not None and (row.state == MonthState.DESTROYED or row.generation >= newest)):
            return False
        if row is None:
            PurgeMonth.objects.create(month=month, generation=newest, ring_version=settings.ARCHIVE_KEYS.newest)
        else:
            PurgeMonth.objects.filter(pk=month).update(generation=newest)
        # The one that the backup brought is under a key that is gone.
        ArchiveRecord.objects.filter(file_id=canary.file_of(month)).delete()
        canary.plant(month, newest, keys=keys, now=now)
        told = {"month": month, "generation": newest}
        journal.record(ArchiveAction.KEYS_ROTATED, actor=actor, at=now, data=told)
    return True


def put_back(
    file_id: UUID,
    record_ids: Collection[UUID],
    sealed: Iterable[Sealed],
    *,
    months: Collection[str],
    replacing: bool,
    now: datetime,
) -> int:
    """Put what was sealed of one closure back, inside the caller's transaction; returns how many records changed.

    `record_ids` and `months` are of all of `sealed`. A record that is here stays as it is, unless its key is gone or
    its date was moved later since. `replacing`: this closure is brought back from here, and whoever ran a worker before
    may have sealed the same again under other names, which go. Raises KeyGone where a month that is not over has no
    key: a folder that is not there must not look like one that was purged.
    """
    here = {row.pk: row for row in ArchiveRecord.objects.filter(file_id=file_id).defer("box")}
    locked = month_rows.lock({*months, *(row.key_month for row in here.values())})
    if replacing:
        ArchiveRecord.objects.filter(pk__in=here.keys() - set(record_ids)).delete()
    new = 0
    moved: list[Sealed] = []
    for each in sealed:
        if not _opens(each.record, locked, now=now):
            continue
        old = here.get(each.record.pk)
        if old is None:
            each.record.save(force_insert=True)
            ArchivePrint.objects.bulk_create(each.prints)
            new += 1
        elif old.expires_at < each.record.expires_at or not _has_key(old, locked):
            each.record.box = b""  # it stays as it is; a long history is never in memory whole
            moved.append(each)
    ArchiveRecord.objects.bulk_update([each.record for each in moved], WRAPPING)
    ArchivePrint.objects.bulk_update([row for each in moved for row in each.prints], ["fingerprint"])
    return new + len(moved)


def without_keys(file_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these files are under a key that is gone though their month is open here.

    That is how an older database looks before it is caught up: a copy kept elsewhere knows better than its rows.
    """
    rows = ArchiveRecord.objects.filter(file_id__in=file_ids)
    under = set(rows.values_list("file_id", "key_month", "key_generation"))
    opened = PurgeMonth.objects.filter(month__in={month for _key, month, _generation in under}, state=MonthState.OPEN)
    there = {month: store().generations(month) for month in opened.values_list("month", flat=True)}
    return {key for key, month, generation in under if month in there and generation not in there[month]}


def _opens(record: ArchiveRecord, locked: Mapping[str, PurgeMonth], *, now: datetime) -> bool:
    """Tell whether the key of a record is there; raises KeyGone where it should be and is not."""
    if _has_key(record, locked):
        return True
    row = locked.get(record.key_month)
    if record.key_month < month_of(now) or (row is not None and row.state == MonthState.DESTROYED):
        return False
    raise KeyGone(record.key_month)


def _has_key(record: ArchiveRecord, locked: Mapping[str, PurgeMonth]) -> bool:
    row = locked.get(record.key_month)
    opens = row is not None and row.state == MonthState.OPEN
    return opens and record.key_generation in store().generations(record.key_month)
