"""Sealing: what is kept of an account becomes records of its purge months, in the transaction that says so (H04)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.enums import IdentifierKind
from closure.retention import month_rows, records, schedule
from closure.retention.enums import RecordClass
from closure.retention.models import ArchivePrint, ArchiveRecord, PurgeMonth
from closure.retention.months import Keys
from closure.retention.schedule import Terms, month_of

# So much is held in memory before it is written.
MOST_ROWS = 500
MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class ArchiveFile:
    """What is kept of one account: `file_id` is its closure, `closed_at` starts the clock.

    `parts` are taken one by one, so a long history need not be in memory; `prints` are the usual fingerprints of the
    identity, (kind, fingerprint, ring version), by which its sealed form is found again.
    """

    account_id: UUID
    file_id: UUID
    closed_at: datetime
    terms: Terms
    parts: Iterable[tuple[RecordClass, bytes]]
    prints: Sequence[tuple[IdentifierKind, bytes, int]] = ()


@dataclass
class _Shelf:
    """Rows on their way into the database, a bounded amount at a time."""

    rows: list[ArchiveRecord] = field(default_factory=list)
    prints: list[ArchivePrint] = field(default_factory=list)
    size: int = 0
    sealed: int = 0

    def put(self, record: ArchiveRecord, prints: Sequence[ArchivePrint]) -> None:
        self.rows.append(record)
        self.prints += prints
        self.size += len(record.box)
        if len(self.rows) >= MOST_ROWS or self.size >= MOST_BYTES:
            self.write()

    def write(self) -> None:
        ArchiveRecord.objects.bulk_create(self.rows)
        ArchivePrint.objects.bulk_create(self.prints)
        self.sealed += len(self.rows)
        self.rows, self.prints, self.size = [], [], 0


def seal(files: Sequence[ArchiveFile], *, now: datetime) -> int:
    """Seal what is kept of these accounts, inside the caller's transaction that has locked them; returns new records.

    What is sealed already (file, class, part) stays as it is, its date too. Raises KeyGone or Unreadable where the keys
    are not those of this database; then nothing may go on.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an archive is sealed in the transaction that says so")
    keys, shelf = Keys(), _Shelf()
    there = ArchiveRecord.objects.filter(file_id__in=[file.file_id for file in files])
    known = set(there.values_list("file_id", "record_class", "part"))
    dates = {(file.file_id, each): _date(file, each) for file in files for each in RecordClass}
    months = month_rows.usable({month_of(date) for date in dates.values()}, keys=keys, now=now)
    for file in files:
        counted: Counter[RecordClass] = Counter()
        for record_class, plain in file.parts:
            part = counted[record_class]
            counted[record_class] += 1
            if (file.file_id, record_class, part) not in known:
                date = dates[file.file_id, record_class]
                _put(shelf, file, record_class, part, plain, date=date, to=months[month_of(date)], keys=keys, now=now)
    shelf.write()
    return shelf.sealed


def _date(file: ArchiveFile, record_class: RecordClass) -> datetime:
    return schedule.expires_at(record_class, closed_at=file.closed_at, terms=file.terms)


def _put(
    shelf: _Shelf,
    file: ArchiveFile,
    record_class: RecordClass,
    part: int,
    plain: bytes,
    *,
    date: datetime,
    to: PurgeMonth,
    keys: Keys,
    now: datetime,
) -> None:
    period = schedule.period(record_class, file.terms)
    record = ArchiveRecord(
        account_id=file.account_id,
        file_id=file.file_id,
        record_class=record_class,
        part=part,
        sealed_at=now,
        years=period.years,
        jurisdiction=period.jurisdiction,
        expires_at=date,
    )
    under = keys.get(to.month, to.generation)
    own = records.seal(record, plain, under=under)
    is_identity = record_class is RecordClass.IDENTITY and part == 0
    prints = [
        records.print_of(record, own, kind=kind, base=base, version=version, under=under)
        for kind, base, version in (file.prints if is_identity else ())
    ]
    shelf.put(record, prints)
