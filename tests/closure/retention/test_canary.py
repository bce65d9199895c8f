"""The canary sings while its month's key opens, and its silence is heard."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from closure.retention import canary
from closure.retention.canary import CanaryDied
from closure.retention.models import ArchiveRecord, PurgeMonth
from closure.retention.months import store
from tests.closure.retention.sealing import months, ring_of, sealed

pytestmark = [pytest.mark.django_db, pytest.mark.row("H04")]
DAY = timedelta(days=1)


def problems() -> dict[str, str]:
    return dict(PurgeMonth.objects.values_list("month", "problem"))


def test_every_month_has_one_from_its_first_day(now: datetime) -> None:
    sealed(now=now)
    planted = ArchiveRecord.objects.filter(account_id=canary.NOBODY).order_by("key_month")
    assert [(row.key_month, row.file_id) for row in planted] == [(month, canary.file_of(month)) for month in months()]


def test_watch_looks_at_each_month_once_a_day(now: datetime) -> None:
    sealed(now=now)
    looked = [canary.watch(at) for at in (now, now + DAY / 2, now + DAY, now + DAY + DAY / 2)]
    assert looked == [2, 0, 2, 0]
    assert (canary.problems(), set(problems().values())) == ([], {""})


def break_key(month: str) -> None:
    store().destroy(month)


def break_canary(month: str) -> None:
    ArchiveRecord.objects.filter(file_id=canary.file_of(month)).update(box=b"broken")


def lose_canary(month: str) -> None:
    ArchiveRecord.objects.filter(file_id=canary.file_of(month)).delete()


@pytest.mark.parametrize(
    ("wrong", "code"), [(break_key, "gone"), (break_canary, "unreadable"), (lose_canary, "no_canary")]
)
def test_watch_names_what_died(now: datetime, wrong: Any, code: str, caplog: pytest.LogCaptureFixture) -> None:
    sealed(now=now)
    first, other = months()
    wrong(first)
    with pytest.raises(CanaryDied, match=first):
        canary.watch(now)
    assert problems() == {first: code, other: ""}
    assert canary.problems() == [first]
    assert [(record.levelname, first in record.getMessage()) for record in caplog.records] == [("CRITICAL", True)]


def test_watch_looks_again_until_it_is_mended(now: datetime, settings: Any) -> None:
    sealed(now=now)
    whole = settings.ARCHIVE_KEYS
    settings.ARCHIVE_KEYS = ring_of(9)
    for minute in range(2):
        with pytest.raises(CanaryDied):
            canary.watch(now + timedelta(minutes=minute))
    settings.ARCHIVE_KEYS = whole
    assert canary.watch(now + timedelta(minutes=2)) == 2
    assert canary.problems() == []


def test_watch_hears_another_song(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(canary, "SONG", b"something else")
        sealed(now=now)
    with pytest.raises(CanaryDied):
        canary.watch(now)


def test_watch_hears_a_folder_that_is_not_ours(now: datetime, settings: Any, tmp_path: Path) -> None:
    sealed(now=now)
    settings.ARCHIVE_KEYS_DIR = tmp_path / "not-mounted"
    with pytest.raises(CanaryDied):
        canary.watch(now)
    assert set(problems().values()) == {"gone"}
