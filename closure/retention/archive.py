"""The archive: sealed at closing, opened until its date or while held, found again by fingerprints of its own (H04)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from closure.retention import holding, month_rows, records, schedule
from closure.retention.enums import MonthState, RecordClass
from closure.retention.exceptions import Expired, KeyGone, Unreadable
from closure.retention.finding import find
from closure.retention.models import ArchiveRecord, PurgeMonth
from closure.retention.months import Keys
from closure.retention.rewrap import Move, rewrap
from closure.retention.schedule import Terms, month_of
from closure.retention.sealing import ArchiveFile, seal


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a person is told of one class: until when it is kept, and on which law."""

    record_class: RecordClass
    expires_at: datetime
    basis: str


def kept(file_ids: Collection[UUID]) -> dict[UUID, list[Kept]]:
    """Return what is kept of each closure, by class, with its date and law (H02); one query for all."""
    columns = ("file_id", "record_class", "expires_at", "jurisdiction")
    dates: dict[UUID, dict[str, tuple[datetime, str]]] = {key: {} for key in file_ids}
    for key, name, expires_at, jurisdiction in ArchiveRecord.objects.filter(file_id__in=file_ids).values_list(*columns):
        latest = dates[key].get(name, (expires_at, jurisdiction))
        dates[key][name] = max(latest, (expires_at, jurisdiction))
    return {
        key: [
            Kept(record_class=each, expires_at=found[each][0], basis=schedule.basis(each, found[each][1]))
            for each in RecordClass
            if each in found
        ]
        for key, found in dates.items()
    }


def open_record(record_id: UUID, *, now: datetime) -> bytes:
    """Return what is in a record; who may ask is asked elsewhere.

    Raises Expired from its date on unless it is held, KeyGone when the key of its month was destroyed or is not there,
    Unreadable for one that was changed, ArchiveRecord.DoesNotExist for one that is not there.
    """
    record = ArchiveRecord.objects.get(pk=record_id)
    try:
        return _opened(record, now)
    except (KeyGone, Unreadable):
        # Its key may have been wrapped anew after we read the row: then the row says so.
        wrapped = ArchiveRecord.objects.filter(pk=record_id).values_list("wrapped_key", flat=True).first()
        if wrapped is None or bytes(wrapped) == bytes(record.wrapped_key):
            raise
    return open_record(record_id, now=now)


def _opened(record: ArchiveRecord, now: datetime) -> bytes:
    if now >= record.expires_at and not holding.is_held(record):
        raise Expired
    month = PurgeMonth.objects.filter(month=record.key_month).first()
    if month is None or month.state == MonthState.DESTROYED:
        raise KeyGone(record.key_month)
    return records.contents(record, under=Keys().get(record.key_month, record.key_generation))


def postpone(file_ids: Sequence[UUID], *, closed_at: datetime, now: datetime) -> int:
    """Count the clock of these files from a later closing, inside the caller's transaction; returns records changed.

    A date moves later only. Raises KeyGone or Unreadable where a record cannot be wrapped under its new date.
    """
    rows = ArchiveRecord.objects.filter(file_id__in=file_ids)
    _lock_months(rows)
    dates = {record: schedule.anniversary(closed_at, record.years) for record in rows.defer("box")}
    later = {record: date for record, date in dates.items() if date > record.expires_at}
    keys = Keys()
    months = month_rows.usable({month_of(date) for date in later.values()}, keys=keys, now=now)
    moves = [Move(record=each, to=months[month_of(date)], expires_at=date) for each, date in later.items()]
    if broken := rewrap(moves, keys=keys):
        raise Unreadable(f"the key of a record of {broken[0].key_month}")
    return len(moves)


def lock_months(account_id: UUID) -> Mapping[str, PurgeMonth]:
    """Lock the purge months of an account's records until the transaction ends, in their order; returns the rows.

    Whoever places a hold does so first: then either the hold is seen by whoever destroys a month, or the month is
    `destroyed` here and there is nothing left to hold.
    """
    return _lock_months(ArchiveRecord.objects.filter(account_id=account_id))


def share_months(file_ids: Collection[UUID]) -> None:
    """Keep what wraps these files' keys as it is until the transaction ends, for whoever copies them elsewhere."""
    rows, asked = ArchiveRecord.objects.filter(file_id__in=file_ids), set[str]()
    while new := set(rows.values_list("key_month", flat=True)) - asked:
        asked |= new
        for month in sorted(new):
            month_rows.share(month)


def _lock_months(rows: QuerySet[ArchiveRecord]) -> dict[str, PurgeMonth]:
    locked: dict[str, PurgeMonth] = {}
    asked: set[str] = set()
    # A record may move while we wait; its new month is a later one, so the order of locks stands.
    while new := set(rows.values_list("key_month", flat=True)) - asked:
        asked |= new
        locked |= month_rows.lock(new)
    return locked


__all__ = [
    "ArchiveFile",
    "Kept",
    "Terms",
    "find",
    "kept",
    "lock_months",
    "open_record",
    "postpone",
    "seal",
    "share_months",
]
