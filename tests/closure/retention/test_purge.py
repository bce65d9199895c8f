"""The end of a month: its key goes, its rows go, one certificate stays; what is held moves on first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from accounts.enums import IdentifierKind
from accounts.ids import uuid7
from accounts.models import Event
from closure.retention import purge, records
from closure.retention.archive import ArchiveFile, find, open_record
from closure.retention.canary import NOBODY
from closure.retention.enums import RecordClass
from closure.retention.exceptions import Expired
from closure.retention.models import ArchivePrint, ArchiveRecord, Extension, PurgeMonth
from closure.retention.months import store
from closure.retention.purge import Due, Purged
from closure.retention.schedule import end_of, month_of
from tests.closure.retention.ending import certificates, over_by, sealed_long_ago
from tests.closure.retention.sealing import ANA, hold, months, record_of, release, sealed

R = RecordClass
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H01", "H04")]


def test_purge_destroys_key_and_rows_and_writes_one_certificate(now: datetime, key_folder: Path) -> None:
    month = over_by(now, months=3)
    for name in ("ana", "ben"):
        sealed_long_ago(name, month=month)
    assert purge.purge(month, now=now) == Purged(month=month, destroyed=True, deleted=7)  # and its canary
    assert (months(), months("destroyed"), list(key_folder.iterdir())) == ([], [month], [])
    assert (ArchiveRecord.objects.count(), ArchivePrint.objects.count()) == (0, 0)
    assert certificates() == [{"month": month, "generation": 1, "records": 6}]


def test_purge_again_does_nothing_more(now: datetime) -> None:
    month = over_by(now, months=3)
    sealed_long_ago("ana", month=month)
    purge.purge(month, now=now)
    assert purge.purge(month, now=now) == Purged(month=month, destroyed=True)
    assert (purge.left(now), len(certificates())) == ([], 1)


def test_purge_leaves_a_month_that_is_not_over(now: datetime) -> None:
    file = sealed(now=now)
    month = record_of(file).key_month
    assert purge.left(now) == []
    assert purge.purge(month, now=now).broken == "the month is not over"
    assert open_record(record_of(file).pk, now=now) == ANA


def test_purge_does_not_believe_a_caller_whose_clock_is_ahead(now: datetime) -> None:
    month = record_of(sealed(now=now)).key_month
    ahead = now + timedelta(days=9000)
    assert (purge.left(ahead), purge.purge(month, now=ahead).destroyed) == ([], False)


def test_purge_comes_with_time(now: datetime, advance: Callable[..., datetime]) -> None:
    record = record_of(sealed(now=now))
    last = advance(seconds=(end_of(record.key_month) - now).total_seconds() - 60)
    assert (month_of(last), purge.left(last)) == (record.key_month, [])
    assert purge.left(advance(seconds=120)) == [record.key_month]


def test_purge_never_destroys_what_is_not_over(now: datetime) -> None:
    month = over_by(now, months=3)
    file = sealed_long_ago("ana", month=month)
    ArchiveRecord.objects.filter(pk=record_of(file).pk).update(expires_at=now + timedelta(days=1))
    done = purge.purge(month, now=now)
    assert (done.destroyed, done.broken, months()) == (False, "a record in it is not over", [month])


@pytest.mark.row("H05")
def test_purge_moves_what_is_held_and_destroys_the_rest(now: datetime) -> None:
    month = over_by(now, months=3)
    ana, ben = sealed_long_ago("ana", month=month), sealed_long_ago("ben", month=month)
    placed = hold(ana.account_id, now=now)
    assert purge.purge(month, now=now) == Purged(month=month, destroyed=True, moved=3, deleted=4)
    record = record_of(ana)
    assert (record.key_month, open_record(record.pk, now=now)) == (month_of(now), b"ana")
    assert find(IdentifierKind.EMAIL, "ana@example.test", now=now) == [ana.account_id]
    assert not ArchiveRecord.objects.filter(file_id=ben.file_id).exists()
    release(placed, now=now)
    with pytest.raises(Expired):
        open_record(record.pk, now=now)


@pytest.mark.row("H05")
def test_purge_takes_what_was_held_after_its_release(now: datetime, advance: Callable[..., datetime]) -> None:
    month = over_by(now, months=3)
    ana = sealed_long_ago("ana", month=month)
    placed = hold(ana.account_id, now=now)
    purge.purge(month, now=now)
    later = advance(days=40)
    assert purge.left(later) == [month_of(now)]
    purge.purge(month_of(now), now=later)
    # Held still, it moved once more; released, it goes with the month it came to.
    assert record_of(ana).key_month == month_of(later)
    release(placed, now=later)
    end = advance(days=40)
    purge.purge(month_of(later), now=end)
    assert ArchiveRecord.objects.exclude(account_id=NOBODY).count() == 0
    assert [told["month"] for told in certificates()] == [month, month_of(now), month_of(later)]


@pytest.mark.row("H05")
def test_purge_moves_one_held_record_alone(now: datetime) -> None:
    month = over_by(now, months=3)
    ana = sealed_long_ago("ana", month=month)
    record = record_of(ana)
    hold(ana.account_id, now=now, record_id=record.pk)
    assert purge.due(month) == Due(month=month, records=3, held=1)
    assert purge.purge(month, now=now).moved == 1
    assert [row.pk for row in ArchiveRecord.objects.exclude(account_id=NOBODY)] == [record.pk]


@pytest.mark.row("F08")
def test_purge_keeps_the_archive_of_an_open_claim(now: datetime) -> None:
    month = over_by(now, months=3)
    ana = sealed_long_ago("ana", month=month)
    Extension.objects.create(account_id=ana.account_id, reason="claim", reference_id=uuid7(), opened_at=now)
    assert purge.purge(month, now=now).moved == 3
    assert find(IdentifierKind.EMAIL, "ana@example.test", now=now) == [ana.account_id]


def test_purge_in_small_batches_does_the_same(now: datetime) -> None:
    month = over_by(now, months=3)
    files = [sealed_long_ago(f"ana{number}", month=month) for number in range(4)]
    hold(files[0].account_id, now=now)
    assert purge.purge(month, now=now, batch_size=2) == Purged(month=month, destroyed=True, moved=3, deleted=10)


def test_purge_stops_between_batches_and_goes_on(now: datetime) -> None:
    month = over_by(now, months=3)
    for number in range(3):
        sealed_long_ago(f"ana{number}", month=month)
    asked = iter([False, False, True])
    first = purge.purge(month, now=now, batch_size=2, stop=lambda: next(asked))
    assert (first, purge.left(now)) == (Purged(month=month, destroyed=True, deleted=2), [month])
    assert purge.purge(month, now=now) == Purged(month=month, destroyed=True, deleted=8)
    assert purge.purge(month, now=now, stop=lambda: True) == Purged(month=month)


@pytest.mark.row("H05")
def test_purge_keeps_the_month_of_a_held_record_that_cannot_be_read(
    now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    month = over_by(now, months=3)
    ana, ben = sealed_long_ago("ana", month=month), sealed_long_ago("ben", month=month)
    for file in (ana, ben):
        hold(file.account_id, now=now)
    ArchiveRecord.objects.filter(pk=record_of(ana).pk).update(wrapped_key=b"broken")
    done = purge.purge(month, now=now)
    assert (done.destroyed, done.moved, done.broken) == (False, 5, "1 held, unreadable")
    assert (months(), store().generations(month)) == ([month, month_of(now)], [1])
    assert [record.getMessage() for record in caplog.records] == [
        f"archive month {month} stays: 1 held records cannot be read"
    ]


def test_purge_destroys_again_what_came_back(now: datetime, key_folder: Path) -> None:
    month = over_by(now, months=3)
    sealed_long_ago("ana", month=month)
    copy = (key_folder / f"{month}.1.key").read_bytes()
    purge.purge(month, now=now)
    (key_folder / f"{month}.1.key").write_bytes(copy)
    assert purge.left(now) == [month]
    purge.purge(month, now=now)
    assert (store().months(), len(certificates())) == ([], 1)


def test_purge_without_the_key_still_ends_the_month(now: datetime) -> None:
    month = over_by(now, months=3)
    sealed_long_ago("ana", month=month)
    store().destroy(month)
    assert purge.purge(month, now=now).destroyed


def test_sealing_after_a_purge_goes_into_the_next_month(now: datetime) -> None:
    month = over_by(now, months=3)
    sealed_long_ago("ana", month=month)
    purge.purge(month, now=now)
    late: ArchiveFile = sealed_long_ago("ben", month=month)
    assert record_of(late).key_month > month
    assert months("destroyed") == [month]


def test_moving_touches_no_contents(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    month = over_by(now, months=3)
    ana = sealed_long_ago("ana", month=month)
    hold(ana.account_id, now=now)
    before = {row.pk: bytes(row.box) for row in ArchiveRecord.objects.filter(file_id=ana.file_id)}
    monkeypatch.setattr(records, "contents", None)
    purge.purge(month, now=now)
    assert {row.pk: bytes(row.box) for row in ArchiveRecord.objects.filter(file_id=ana.file_id)} == before


def test_certificate_tells_of_a_month_and_of_nobody(now: datetime) -> None:
    month = over_by(now, months=3)
    sealed_long_ago("ana", month=month)
    purge.purge(month, now=now)
    event = Event.objects.get(action="archive.purged")
    assert (event.account_id, event.actor, event.at) == (None, "system:purge_archive", now)
    assert PurgeMonth.objects.get(month=month).destroyed_at == now
