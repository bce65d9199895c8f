"""One sealed record: its contents under a key of its own, that key under the key of its purge month.

The box is bound to its row and to what never changes of it, the wrapped key to its row, its month and its date: a
record that is moved, relabeled or given another date behind our back does not open.
"""

import zlib
from datetime import UTC, datetime

from closure.retention import cipher
from closure.retention.cipher import MonthKey
from closure.retention.models import ArchivePrint, ArchiveRecord


def seal(record: ArchiveRecord, plain: bytes, *, under: MonthKey) -> bytes:
    """Put contents into a record whose other columns are set, compressed; returns its own key, for its prints."""
    key = cipher.new_key()
    record.box = cipher.lock(zlib.compress(plain), key, bound_to=_place(record))
    wrap(record, key, under=under)
    return key


def wrap(record: ArchiveRecord, key: bytes, *, under: MonthKey) -> None:
    """Wrap a record's own key by a month's key and say so on the record; its date must be set before."""
    record.key_month, record.key_generation = under.month, under.generation
    record.wrapped_key = cipher.lock(key, under.wrapping, bound_to=_wrapping(record))


def own_key(record: ArchiveRecord, *, under: MonthKey) -> bytes:
    """Return a record's own key; raises Unreadable."""
    return cipher.unlock(record.wrapped_key, under.wrapping, bound_to=_wrapping(record))


def contents(record: ArchiveRecord, *, under: MonthKey) -> bytes:
    """Return what is in a record; raises Unreadable."""
    return zlib.decompress(cipher.unlock(record.box, own_key(record, under=under), bound_to=_place(record)))


def print_of(
    record: ArchiveRecord, key: bytes, *, kind: str, base: bytes, version: int, under: MonthKey
) -> ArchivePrint:
    """Return what a record is found by: the month's fingerprint of a usual one, which stays sealed beside it."""
    made = ArchivePrint(account_id=record.account_id, record=record, kind=kind, base_version=version)
    made.box = cipher.lock(base, key, bound_to=_print_place(made))
    made.fingerprint = under.fingerprint(base)
    return made


def print_anew(made: ArchivePrint, key: bytes, *, under: MonthKey) -> None:
    """Make a fingerprint by another month's key; raises Unreadable."""
    made.fingerprint = under.fingerprint(cipher.unlock(made.box, key, bound_to=_print_place(made)))


def _place(record: ArchiveRecord) -> str:
    of = (record.pk, record.account_id, record.file_id, record.record_class, record.part)
    return ":".join(("retention.ArchiveRecord", *map(str, of)))


def _wrapping(record: ArchiveRecord) -> str:
    until: datetime = record.expires_at.astimezone(UTC)
    of = (record.pk, record.key_month, record.key_generation, until.isoformat())
    return ":".join(("retention.ArchiveRecord.key", *map(str, of)))


def _print_place(made: ArchivePrint) -> str:
    of = (made.pk, made.account_id, made.record_id, made.kind, made.base_version)
    return ":".join(("retention.ArchivePrint", *map(str, of)))
