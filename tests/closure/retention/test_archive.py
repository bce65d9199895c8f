"""Sealed at closing, opened until its date or while held, found by fingerprints of its own, its date never earlier."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.enums import IdentifierKind
from accounts.ids import uuid7
from closure.retention import archive, sealing
from closure.retention.archive import Kept, find, kept, open_record
from closure.retention.canary import NOBODY
from closure.retention.enums import MonthState, RecordClass
from closure.retention.exceptions import Expired, KeyGone, Unreadable
from closure.retention.models import ArchivePrint, ArchiveRecord, Extension, PurgeMonth
from closure.retention.months import store
from closure.retention.schedule import Terms, expires_at, month_of
from tests.closure.retention.sealing import (
    ANA,
    PARTS,
    USUAL,
    hold,
    make_file,
    months,
    record_of,
    release,
    ring_of,
    seal,
    sealed,
)

R = RecordClass
pytestmark = [pytest.mark.django_db, pytest.mark.row("H04")]
TICK = timedelta(microseconds=1)


def found(name: str, now: datetime) -> list[Any]:
    return find(IdentifierKind.EMAIL, f"{name}@example.test", now=now)


def test_seal_keeps_each_part_under_the_month_of_its_end(now: datetime) -> None:
    file = sealed(now=now)
    rows = {row.record_class: row for row in ArchiveRecord.objects.exclude(account_id=NOBODY)}
    dates = {each: expires_at(each, closed_at=now, terms=USUAL) for each in R}
    assert {each: (rows[each].expires_at, rows[each].key_month) for each in R} == {
        each: (dates[each], month_of(dates[each])) for each in R
    }
    assert {each: open_record(rows[each].pk, now=now) for each in R} == dict(PARTS)
    assert {row.account_id for row in rows.values()} == {file.account_id}


def test_seal_again_changes_nothing(now: datetime) -> None:
    file = sealed(now=now)
    before = list(ArchiveRecord.objects.order_by("pk").values())
    prints = list(ArchivePrint.objects.values())
    assert seal([file], now=now + timedelta(days=1)) == 0
    assert (list(ArchiveRecord.objects.order_by("pk").values()), list(ArchivePrint.objects.values())) == (
        before,
        prints,
    )


@pytest.mark.row("H01")
def test_seal_again_under_another_policy_moves_no_date(now: datetime) -> None:
    file = sealed(now=now)
    shorter = Terms(years={R.IDENTITY: 1, R.TRANSACTIONS: 1, R.CLOSURE_FILE: 1}, country="", may_lengthen=False)
    before = kept([file.file_id])[file.file_id]
    again = make_file(
        closed_at=now - timedelta(days=900), account_id=file.account_id, file_id=file.file_id, terms=shorter
    )
    seal([again], now=now)
    assert kept([file.file_id])[file.file_id] == before


def test_seal_counts_the_parts_of_each_class(now: datetime) -> None:
    file = sealed(now=now, parts=[(R.TRANSACTIONS, b"one"), (R.IDENTITY, b"Ana"), (R.TRANSACTIONS, b"two")])
    assert [open_record(record_of(file, R.TRANSACTIONS, part).pk, now=now) for part in (0, 1)] == [b"one", b"two"]


def test_seal_takes_parts_one_by_one_and_writes_in_bounded_batches(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "MOST_BYTES", 1000)
    behind: list[int] = []

    def parts() -> Any:
        for number in range(8):
            behind.append(number - ArchiveRecord.objects.exclude(account_id=NOBODY).count())
            yield R.TRANSACTIONS, os.urandom(400)

    sealed(now=now, parts=parts())
    assert max(behind) == 2
    assert ArchiveRecord.objects.exclude(account_id=NOBODY).count() == 8


def test_seal_takes_as_many_statements_for_twenty_as_for_two(now: datetime) -> None:
    sealed(now=now)
    counts = []
    for people in (2, 20):
        with CaptureQueriesContext(connection) as queries:
            seal([make_file(f"ana{people}-{number}", closed_at=now) for number in range(people)], now=now)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_seal_outside_of_a_transaction_is_refused(now: datetime) -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        archive.seal([], now=now)


def test_seal_into_a_folder_that_is_not_ours_is_refused(now: datetime, settings: Any, tmp_path: Path) -> None:
    sealed(now=now)
    settings.ARCHIVE_KEYS_DIR = tmp_path / "not-mounted"
    for closed_at in (now, now + timedelta(days=70)):
        with pytest.raises(KeyGone):
            seal([make_file("ben", closed_at=closed_at)], now=now)
    assert store().months() == []


def test_open_record_refuses_from_its_date_on(now: datetime) -> None:
    record = record_of(sealed(now=now))
    assert open_record(record.pk, now=record.expires_at - TICK) == ANA
    for late in (timedelta(), TICK, timedelta(days=400)):
        with pytest.raises(Expired):
            open_record(record.pk, now=record.expires_at + late)


@pytest.mark.row("H05")
def test_open_record_opens_beyond_its_date_while_held(now: datetime) -> None:
    file = sealed(now=now)
    identity, other = record_of(file), record_of(file, R.CLOSURE_FILE)
    late = identity.expires_at + timedelta(days=3)
    placed = hold(file.account_id, now=now, record_id=identity.pk)
    assert open_record(identity.pk, now=late) == ANA
    with pytest.raises(Expired):
        open_record(other.pk, now=late)
    release(placed, now=now)
    with pytest.raises(Expired):
        open_record(identity.pk, now=late)


@pytest.mark.row("F08")
def test_open_record_opens_beyond_its_date_while_a_claim_is_open(now: datetime) -> None:
    file = sealed(now=now)
    record = record_of(file)
    claim = Extension.objects.create(account_id=file.account_id, reason="claim", reference_id=uuid7(), opened_at=now)
    assert open_record(record.pk, now=record.expires_at) == ANA
    Extension.objects.filter(pk=claim.pk).update(closed_at=now)
    with pytest.raises(Expired):
        open_record(record.pk, now=record.expires_at)


def test_open_record_of_a_destroyed_month_is_refused_though_its_key_file_is_still_there(now: datetime) -> None:
    record = record_of(sealed(now=now))
    PurgeMonth.objects.filter(month=record.key_month).update(state=MonthState.DESTROYED, destroyed_at=now)
    with pytest.raises(KeyGone):
        open_record(record.pk, now=now)


def test_open_record_without_its_key_is_refused(now: datetime) -> None:
    record = record_of(sealed(now=now))
    store().destroy(record.key_month)
    with pytest.raises(KeyGone):
        open_record(record.pk, now=now)


def test_open_record_with_a_ring_that_lost_its_version_is_refused(now: datetime, settings: Any) -> None:
    record = record_of(sealed(now=now))
    settings.ARCHIVE_KEYS = ring_of(9)
    with pytest.raises(Unreadable):
        open_record(record.pk, now=now)


@pytest.mark.row("F08")
def test_find_returns_whose_sealed_identity_it_was(now: datetime) -> None:
    ana, ben = sealed("ana", now=now), sealed("ben", now=now - timedelta(days=60))
    again = sealed("ana", now=now - timedelta(days=200))
    assert found("ana", now) == sorted([ana.account_id, again.account_id])
    assert (found("ben", now), found("eve", now)) == ([ben.account_id], [])
    assert find(IdentifierKind.PHONE, "ana@example.test", now=now) == []


@pytest.mark.row("F08")
def test_find_knows_fingerprints_of_older_ring_versions(now: datetime, settings: Any) -> None:
    ana = sealed("ana", now=now)
    settings.FINGERPRINT_KEYS = type(settings.FINGERPRINT_KEYS)(((2, b"2" * 32), *settings.FINGERPRINT_KEYS.keys))
    assert found("ana", now) == [ana.account_id]


@pytest.mark.row("F08", "H05")
def test_find_stops_at_the_date_unless_it_is_held(now: datetime) -> None:
    ana = sealed("ana", now=now)
    record = record_of(ana)
    assert found("ana", record.expires_at - TICK) == [ana.account_id]
    assert found("ana", record.expires_at) == []
    hold(ana.account_id, now=now)
    assert found("ana", record.expires_at) == [ana.account_id]


@pytest.mark.row("F08")
def test_find_refuses_to_say_nobody_while_a_key_is_missing(now: datetime) -> None:
    record = record_of(sealed("ana", now=now))
    store().destroy(record.key_month)
    with pytest.raises(KeyGone):
        found("ana", now)


@pytest.mark.row("G08")
def test_prints_are_not_the_usual_fingerprints(now: datetime) -> None:
    file = sealed("ana", now=now)
    base = file.prints[0][1]
    stored = ArchivePrint.objects.values_list("fingerprint", "box")
    assert [base in bytes(column) for row in stored for column in row] == [False, False]


@pytest.mark.row("H02")
def test_kept_says_until_when_and_why(now: datetime) -> None:
    file = sealed(now=now, terms=Terms(years={R.TRANSACTIONS: 7}, country="CH", may_lengthen=True))
    ten = expires_at(R.IDENTITY, closed_at=now, terms=file.terms)
    assert kept([file.file_id])[file.file_id] == [
        Kept(record_class=each, expires_at=ten, basis="Anti-Money Laundering Act (SR 955.0), Article 7: ten years")
        for each in R
    ]
    assert list(kept([uuid7()]).values()) == [[]]


@pytest.mark.row("H01")
def test_postpone_counts_from_the_later_closing(now: datetime) -> None:
    file = sealed(now=now)
    later = now + timedelta(days=40)
    with transaction.atomic():
        assert archive.postpone([file.file_id], closed_at=later, now=later) == 3
    dates = {each: expires_at(each, closed_at=later, terms=USUAL) for each in R}
    rows = {each: record_of(file, each) for each in R}
    assert {each: (rows[each].expires_at, rows[each].key_month) for each in R} == {
        each: (dates[each], month_of(dates[each])) for each in R
    }
    assert open_record(rows[R.IDENTITY].pk, now=dates[R.IDENTITY] - TICK) == ANA
    assert found("ana", dates[R.IDENTITY] - TICK) == [file.account_id]


@pytest.mark.row("H01")
def test_postpone_never_moves_a_date_earlier(now: datetime) -> None:
    file = sealed(now=now)
    before = kept([file.file_id])[file.file_id]
    with transaction.atomic():
        assert archive.postpone([file.file_id], closed_at=now - timedelta(days=40), now=now) == 0
    assert kept([file.file_id])[file.file_id] == before


def test_postpone_what_cannot_be_read_is_refused(now: datetime) -> None:
    file = sealed(now=now)
    ArchiveRecord.objects.filter(file_id=file.file_id).update(wrapped_key=b"broken")
    with pytest.raises(Unreadable), transaction.atomic():
        archive.postpone([file.file_id], closed_at=now + timedelta(days=40), now=now)


def test_lock_months_returns_the_months_of_an_account(now: datetime) -> None:
    file = sealed(now=now)
    with transaction.atomic():
        assert list(archive.lock_months(file.account_id)) == months()
        assert archive.lock_months(uuid7()) == {}


def test_late_seal_goes_into_a_month_that_is_not_over(now: datetime, advance: Callable[..., datetime]) -> None:
    closed_at = now - timedelta(days=3000)
    record = record_of(sealed(now=now, terms=USUAL, parts=[(R.IDENTITY, b"Ana")]))
    long_ago = make_file("ben", closed_at=closed_at)
    seal([long_ago], now=now)
    assert record_of(long_ago).expires_at == expires_at(R.IDENTITY, closed_at=closed_at, terms=USUAL)
    assert record_of(long_ago).key_month == month_of(now) < record.key_month
