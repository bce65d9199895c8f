"""New keys around the months' keys, new keys for the months: nothing is read, nothing is lost, killed runs go on."""

import json
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from accounts.enums import IdentifierKind
from accounts.models import Event
from closure.retention import canary, purge, rotation
from closure.retention.archive import ArchiveFile, find, open_record
from closure.retention.enums import RecordClass
from closure.retention.exceptions import KeyGone
from closure.retention.models import ArchiveRecord, PurgeMonth
from closure.retention.months import store
from closure.retention.rotation import Rotated
from tests.closure.finalization.killing import Kill, killed, statements
from tests.closure.retention.ending import over_by, sealed_long_ago
from tests.closure.retention.sealing import months, record_of, ring_of, sealed
from tests.races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H04")]


@pytest.fixture
def ana(now: datetime, settings: Any) -> ArchiveFile:
    settings.ARCHIVE_KEYS = ring_of(1)
    return sealed(now=now)


def told() -> list[dict[str, Any]]:
    events = Event.objects.filter(action="archive.keys_rotated").order_by("id")
    return [json.loads(bytes(event.body))["data"] for event in events]


def wrap_all(now: datetime) -> list[Rotated]:
    return [rotation.wrap_by_ring(month, now=now) for month in rotation.months_with_files()]


def renew_all(now: datetime, **options: Any) -> list[Rotated]:
    rotation.begin_renewal(now=now)
    return [rotation.renew(month, **options) for month in rotation.renewing()]


def opens(file: ArchiveFile, now: datetime) -> bool:
    found = find(IdentifierKind.EMAIL, "ana@example.test", now=now) == [file.account_id]
    return found and {open_record(record_of(file, each).pk, now=now) for each in RecordClass} == {
        plain for _class, plain in file.parts
    }


def test_wrap_by_ring_lets_the_old_ring_key_go(ana: ArchiveFile, now: datetime, settings: Any) -> None:
    settings.ARCHIVE_KEYS = ring_of(2, 1)
    assert wrap_all(now) == [Rotated(month=month, files=1) for month in months()]
    settings.ARCHIVE_KEYS = ring_of(2)
    assert opens(ana, now)
    assert told() == [{"month": month, "ring": 2} for month in months()]


def test_wrap_by_ring_again_changes_and_tells_nothing(ana: ArchiveFile, now: datetime, settings: Any) -> None:
    settings.ARCHIVE_KEYS = ring_of(2, 1)
    wrap_all(now)
    assert wrap_all(now) == [Rotated(month=month) for month in months()]
    assert len(told()) == len(months())


def test_wrap_by_ring_takes_keys_that_no_row_knows(now: datetime, settings: Any) -> None:
    settings.ARCHIVE_KEYS = ring_of(1)
    store().create("2031-11", 1)  # its transaction was rolled back; the key is used when the month begins
    settings.ARCHIVE_KEYS = ring_of(2, 1)
    assert wrap_all(now) == [Rotated(month="2031-11", files=1)]
    settings.ARCHIVE_KEYS = ring_of(2)
    assert len(store().read("2031-11", 1)) == 32


def test_wrap_by_ring_leaves_destroyed_months_alone(ana: ArchiveFile, now: datetime, settings: Any) -> None:
    month = over_by(now, months=3)
    sealed_long_ago("ben", month=month)
    purge.purge(month, now=now)
    settings.ARCHIVE_KEYS = ring_of(2, 1)
    assert month not in [done.month for done in wrap_all(now)]
    assert rotation.wrap_by_ring(month, now=now) == Rotated(month=month)


def test_wrap_by_ring_names_what_it_cannot_read(
    ana: ArchiveFile, now: datetime, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ARCHIVE_KEYS = ring_of(2)
    assert [done.broken for done in wrap_all(now)] == ["archive_unreadable"] * len(months())
    store().destroy(months()[0])
    settings.ARCHIVE_KEYS = ring_of(2, 1)
    assert [done.broken for done in wrap_all(now)] == ["archive_key_gone", ""]
    assert {record.levelname for record in caplog.records} == {"CRITICAL"}


def test_wrap_by_ring_killed_at_each_statement_ends_the_same(now: datetime, settings: Any) -> None:
    settings.ARCHIVE_KEYS = ring_of(1)
    month = record_of(sealed(now=now)).key_month
    settings.ARCHIVE_KEYS = ring_of(2, 1)
    moments = len(statements(partial(rotation.wrap_by_ring, month, now=now)))
    for statement in range(1, moments + 1):
        settings.ARCHIVE_KEYS = ring_of(*range(2 + statement, 0, -1))
        killed(Kill(statement), partial(rotation.wrap_by_ring, month, now=now))
        rotation.wrap_by_ring(month, now=now)
    assert [each["ring"] for each in told()] == list(range(2, 3 + moments))
    settings.ARCHIVE_KEYS = ring_of(2 + moments)
    assert len(store().read(month, 1)) == 32


def test_renewal_gives_every_month_a_new_key_and_destroys_the_old(
    ana: ArchiveFile, now: datetime, key_folder: Path
) -> None:
    done = renew_all(now)
    assert [(each.month, each.broken) for each in done] == [(month, "") for month in months()]
    assert sum(each.records for each in done) == 3 + len(months())  # and their canaries
    assert sorted(path.name for path in key_folder.iterdir()) == [f"{month}.2.key" for month in months()]
    assert opens(ana, now)
    assert told() == [{"month": month, "generation": 2} for month in months()]
    assert canary.watch(now) == len(months())


def test_renewal_that_is_not_through_is_gone_on_with_first(ana: ArchiveFile, now: datetime) -> None:
    assert rotation.begin_renewal(now=now) == months() == rotation.renewing()
    assert rotation.begin_renewal(now=now) == []
    assert opens(ana, now)  # old keys and new ones side by side
    for month in rotation.renewing():
        rotation.renew(month)
    assert (rotation.renewing(), opens(ana, now)) == ([], True)
    assert rotation.begin_renewal(now=now) == months()


def test_renewal_seals_new_records_under_the_new_key(ana: ArchiveFile, now: datetime) -> None:
    rotation.begin_renewal(now=now)
    ben = sealed("ben", now=now)
    assert {record_of(file).key_generation for file in (ana, ben)} == {1, 2}


def test_renew_in_small_batches_stops_and_goes_on(ana: ArchiveFile, now: datetime) -> None:
    for number in range(3):
        sealed(f"p{number}", now=now)
    rotation.begin_renewal(now=now)
    month = record_of(ana).key_month
    count = ArchiveRecord.objects.filter(key_month=month).count()
    asked = iter([False, True])
    assert rotation.renew(month, batch_size=2, stop=lambda: next(asked)) == Rotated(month=month, records=2)
    assert rotation.renew(month, batch_size=2) == Rotated(month=month, records=count - 2)
    assert store().generations(month) == [2]


def test_renew_keeps_the_old_key_while_a_record_cannot_be_read(
    ana: ArchiveFile, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    record = record_of(ana)
    ArchiveRecord.objects.filter(pk=record.pk).update(wrapped_key=b"broken")
    rotation.begin_renewal(now=now)
    assert rotation.renew(record.key_month).broken == "1 unreadable"
    assert store().generations(record.key_month) == [1, 2]
    assert [each.levelname for each in caplog.records] == ["CRITICAL"]


def test_renew_a_destroyed_month_does_nothing(now: datetime) -> None:
    month = over_by(now, months=3)
    sealed_long_ago("ben", month=month)
    purge.purge(month, now=now)
    assert rotation.renew(month) == Rotated(month=month)
    assert rotation.renew("2031-11") == Rotated(month="2031-11")


def test_renewal_without_all_its_keys_does_not_begin(ana: ArchiveFile, now: datetime) -> None:
    store().destroy(months()[-1])
    with pytest.raises(KeyGone):
        rotation.begin_renewal(now=now)
    assert set(PurgeMonth.objects.values_list("generation", flat=True)) == {1}


def test_renewal_killed_at_each_statement_ends_the_same(ana: ArchiveFile, now: datetime) -> None:
    moments = len(statements(partial(renew_all, now)))
    for statement in range(1, moments + 1):
        assert killed(Kill(statement), partial(renew_all, now))
        for month in rotation.renewing():
            rotation.renew(month)
        assert opens(ana, now), statement
        # A key that was made before its row said so is used by the next renewal; an older one is never left.
        assert not any(rotation.is_renewing(row) for row in PurgeMonth.objects.all())
    newest = dict(PurgeMonth.objects.values_list("month", "generation"))
    begun = [(each["month"], each["generation"]) for each in told()]
    assert sorted(begun) == sorted((month, number) for month in newest for number in range(2, newest[month] + 1))
    assert moments > 15


def test_records_open_while_their_keys_are_renewed(ana: ArchiveFile, now: datetime) -> None:
    def read_or_renew() -> bool:
        for _each in range(3):
            renew_all(now, batch_size=1)
            if not opens(ana, now):
                return False
        return True

    assert race(3, read_or_renew) == [True] * 3
    assert {len(store().generations(month)) for month in months()} <= {1, 2}
