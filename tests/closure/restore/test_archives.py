"""Archives after a restore: what was renewed since opens again, what was destroyed since is gone (invariant 26)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts import block_expiry
from accounts.models import Account
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest
from closure.restore import page
from closure.restore.book import path_of
from closure.retention import canary, purge
from closure.retention.archive import open_record
from closure.retention.enums import RecordClass
from closure.retention.exceptions import Expired, KeyGone
from closure.retention.models import ArchiveRecord
from closure.retention.months import store
from closure.retention.schedule import month_of
from tests.closure.closing import approved
from tests.closure.restore.drills import backed_up, replayed
from tests.closure.retention.ending import certificates
from tests.closure.retention.sealing import hold, months
from tests.closure.retention.test_rotation import renew_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H04", "H06")]


def closed(name: str, now: datetime) -> ClosureRequest:
    request = approved(name, now=now)
    finalize_due(now=now)
    return request


def sealed_of(request: ClosureRequest) -> list[ArchiveRecord]:
    return list(ArchiveRecord.objects.filter(file_id=request.pk).order_by("record_class", "part"))


def contents(request: ClosureRequest, now: datetime) -> list[bytes]:
    return [open_record(record.pk, now=now) for record in sealed_of(request)]


def purged(now: datetime) -> list[str]:
    return [month for month in purge.left(now) if purge.purge(month, now=now).destroyed]


def on_page(request: ClosureRequest) -> list[tuple[str, str, int]]:
    """Return where the page says that each record is sealed."""
    said = [line["record"] for line in page.read(path_of(request)).records()]
    return sorted((each["id"], each["key_month"], each["key_generation"]) for each in said)


def in_database(request: ClosureRequest) -> list[tuple[str, str, int]]:
    return sorted((str(each.pk), each.key_month, each.key_generation) for each in sealed_of(request))


def test_archive_of_whom_the_backup_had_open_opens_again(now: datetime, tmp_path: Path) -> None:
    with backed_up(tmp_path):
        request = closed("ana", now)
        before = contents(request, now)
    assert (sealed_of(request), months()) == ([], [])
    replayed(now)
    assert (contents(request, now), len(before)) == (before, 3)
    assert canary.watch(now) == 2


@pytest.mark.parametrize("then", ["open", "closed"])
def test_archive_renewed_since_opens_again(then: str, now: datetime, tmp_path: Path) -> None:
    other = closed("ben", now)
    request = closed("ana", now) if then == "closed" else approved("ana", now=now)
    with backed_up(tmp_path):
        finalize_due(now=now)
        before = contents(request, now), contents(other, now)
        renew_all(now)
    with pytest.raises(KeyGone):
        contents(other, now)
    assert replayed(now)[request.reference] == ("known" if then == "closed" else "closed")
    assert (contents(request, now), contents(other, now)) == before
    assert canary.watch(now) == 2
    # Whoever closes next is sealed under the keys that there are.
    assert contents(closed("carl", now), now)[0]


def test_archive_destroyed_since_stays_destroyed(
    now: datetime, advance: Callable[..., datetime], tmp_path: Path
) -> None:
    request = approved("ana", now=now)
    with backed_up(tmp_path):
        finalize_due(now=now)
        later = advance(days=366 * 8)
        gone = purged(later)
        assert (len(gone), sealed_of(request)) == (2, [])
    assert replayed(later) == {request.reference: "closed"}
    assert (sealed_of(request), store().months()) == ([], [])


def test_archive_that_the_backup_brings_back_is_purged_again(
    now: datetime, advance: Callable[..., datetime], tmp_path: Path
) -> None:
    request = closed("ana", now)
    with backed_up(tmp_path):
        later = advance(days=366 * 8)
        gone = purged(later)
    assert replayed(later) == {request.reference: "known"}
    with pytest.raises(Expired):
        contents(request, later)
    assert (purged(later), sealed_of(request)) == (gone, [])
    assert [told["month"] for told in certificates()] == gone


def test_archive_whose_keys_are_not_there_is_not_taken_for_a_purged_one(
    now: datetime, tmp_path: Path, settings: Any
) -> None:
    with backed_up(tmp_path):
        request = closed("ana", now)
    settings.ARCHIVE_KEYS_DIR = tmp_path / "not-mounted"
    assert replayed(now) == {request.reference: "failed archive_key_gone"}
    assert list(Account.objects.all()) == []
    settings.ARCHIVE_KEYS_DIR = tmp_path / "keys"
    assert replayed(now) == {request.reference: "closed"}


@pytest.mark.row("H05")
def test_page_follows_what_is_held_into_another_month(
    now: datetime, advance: Callable[..., datetime], tmp_path: Path
) -> None:
    request = closed("ana", now)
    identity = ArchiveRecord.objects.get(file_id=request.pk, record_class=RecordClass.IDENTITY)
    hold(request.account_id, now=now, record_id=identity.pk)
    later = advance(days=366 * 6)
    purged(later)
    moved = (str(identity.pk), month_of(later), 1)
    assert (moved in in_database(request), moved in on_page(request)) == (True, True)


def test_page_is_not_replaced_by_what_an_older_database_knows(now: datetime, tmp_path: Path) -> None:
    request = closed("ana", now)
    with backed_up(tmp_path):
        renew_all(now)
        before = on_page(request)
    later = now + timedelta(days=91)
    assert block_expiry.release(now=later).released == 3
    assert on_page(request) == before
    replayed(later)
    assert (in_database(request), len(contents(request, later))) == (before, 3)


def test_page_follows_renewed_keys(now: datetime) -> None:
    request = closed("ana", now)
    renew_all(now)
    assert {generation for _key, _month, generation in in_database(request)} == {2}
    assert on_page(request) == in_database(request)
