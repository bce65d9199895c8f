"""A sealed record opens as it was sealed or not at all: no bit, row, date or month can be changed under it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.ids import uuid7
from closure.retention import records
from closure.retention.cipher import MonthKey
from closure.retention.exceptions import Unreadable
from closure.retention.models import ArchivePrint, ArchiveRecord

KEY = MonthKey.of(b"k" * 32, "2031-11", 1)
NEXT = MonthKey.of(b"n" * 32, "2031-12", 1)
PLAIN = b"Ana Diaz, ana@example.test"
pytestmark = [pytest.mark.row("H04"), pytest.mark.django_db]


@pytest.fixture
def record(now: datetime) -> ArchiveRecord:
    made = ArchiveRecord(
        account_id=uuid7(),
        file_id=uuid7(),
        record_class="identity",
        sealed_at=now,
        years=5,
        expires_at=now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1),
    )
    records.seal(made, PLAIN, under=KEY)
    return made


def opened_with_a_bit_changed(record: ArchiveRecord, column: str) -> list[int]:
    whole: bytes = getattr(record, column)
    opened = []
    for bit in range(len(whole) * 8):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        setattr(record, column, bytes(changed))
        try:
            records.contents(record, under=KEY)
        except Unreadable:
            continue
        opened.append(bit)
    return opened


def test_contents_are_what_was_sealed(record: ArchiveRecord) -> None:
    assert records.contents(record, under=KEY) == PLAIN
    assert PLAIN not in record.box


def test_contents_survive_the_database(record: ArchiveRecord) -> None:
    record.save()
    assert records.contents(ArchiveRecord.objects.get(), under=KEY) == PLAIN


@pytest.mark.parametrize("column", ["box", "wrapped_key"])
def test_every_changed_bit_is_refused(record: ArchiveRecord, column: str) -> None:
    assert opened_with_a_bit_changed(record, column) == []


CHANGES: dict[str, Callable[[ArchiveRecord], Any]] = {
    "id": lambda _record: uuid7(),
    "account_id": lambda _record: uuid7(),
    "file_id": lambda _record: uuid7(),
    "record_class": lambda _record: "transactions",
    "part": lambda _record: 1,
    "key_month": lambda _record: "2031-12",
    "key_generation": lambda _record: 2,
    "expires_at": lambda record: record.expires_at + timedelta(days=365),
}


@pytest.mark.parametrize("column", CHANGES)
def test_column_changed_behind_our_back_is_refused(record: ArchiveRecord, column: str) -> None:
    setattr(record, column, CHANGES[column](record))
    with pytest.raises(Unreadable):
        records.contents(record, under=KEY)


@pytest.mark.parametrize("columns", [("box",), ("wrapped_key",), ("box", "wrapped_key")])
def test_records_swapped_between_rows_are_refused(
    record: ArchiveRecord, columns: tuple[str, ...], now: datetime
) -> None:
    other = ArchiveRecord(
        account_id=record.account_id,
        file_id=record.file_id,
        record_class="identity",
        part=0,
        sealed_at=now,
        years=5,
        expires_at=record.expires_at,
    )
    records.seal(other, b"Ben", under=KEY)
    for column in columns:
        mine, theirs = getattr(record, column), getattr(other, column)
        setattr(record, column, theirs)
        setattr(other, column, mine)
    for row in (record, other):
        with pytest.raises(Unreadable):
            records.contents(row, under=KEY)


def test_key_of_another_month_is_refused(record: ArchiveRecord) -> None:
    with pytest.raises(Unreadable):
        records.contents(record, under=NEXT)


def test_wrap_moves_a_record_without_its_contents(record: ArchiveRecord) -> None:
    key, box = records.own_key(record, under=KEY), record.box
    records.wrap(record, key, under=NEXT)
    assert (record.key_month, record.key_generation, record.box) == ("2031-12", 1, box)
    assert records.contents(record, under=NEXT) == PLAIN
    with pytest.raises(Unreadable):
        records.contents(record, under=KEY)


def test_each_record_has_its_own_key(record: ArchiveRecord) -> None:
    before = records.own_key(record, under=KEY)
    assert records.seal(record, PLAIN, under=KEY) != before


def test_print_is_made_anew_from_what_is_sealed_beside_it(record: ArchiveRecord) -> None:
    key = records.own_key(record, under=KEY)
    made = records.print_of(record, key, kind="email", base=b"b" * 32, version=1, under=KEY)
    assert made.fingerprint == KEY.fingerprint(b"b" * 32)
    records.print_anew(made, key, under=NEXT)
    assert made.fingerprint == NEXT.fingerprint(b"b" * 32)


@pytest.mark.parametrize(("column", "value"), [("kind", "phone"), ("base_version", 2), ("id", uuid7())])
def test_print_of_another_row_is_refused(record: ArchiveRecord, column: str, value: object) -> None:
    key = records.own_key(record, under=KEY)
    made: ArchivePrint = records.print_of(record, key, kind="email", base=b"b" * 32, version=1, under=KEY)
    setattr(made, column, value)
    with pytest.raises(Unreadable):
        records.print_anew(made, key, under=NEXT)
