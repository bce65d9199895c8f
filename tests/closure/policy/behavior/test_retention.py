"""How long records and photos are kept under each preset, and where the law of a place lengthens it (H01, H02)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts import clock
from accounts.models import Account
from closure.evidence import upkeep
from closure.finalization.archiving import terms_of
from closure.lifecycle import pin
from closure.models import ClosureRequest
from closure.policy import loader
from closure.retention import purge
from closure.retention.archive import ArchiveFile, open_record
from closure.retention.enums import RecordClass
from closure.retention.exceptions import Expired
from closure.retention.models import ArchiveRecord
from closure.retention.schedule import anniversary
from tests.closure.evidencing import kept, open_case, resolve
from tests.closure.policy.behavior.columns import by_preset
from tests.closure.retention.sealing import record_of, sealed
from tests.factories import make_account

Ends = tuple[int, int]
KEPT = (RecordClass.IDENTITY, RecordClass.TRANSACTIONS)
BY_POLICY = {"": (5, 7), "BE": (5, 7)}


def destroyed_in(files: Mapping[str, ArchiveFile], now: datetime, advance: Callable[..., datetime]) -> dict[str, Ends]:
    """Let years go by, purge what is due, and return after how many years each file lost its two classes."""
    ends: dict[str, dict[RecordClass, int]] = {place: {} for place in files}
    for year in range(1, 12):
        later = advance(days=(anniversary(now, year) - clock.now()).days + 33)
        for month in purge.left(later):
            assert purge.purge(month, now=later).destroyed
        for place, file in files.items():
            left = set(ArchiveRecord.objects.filter(file_id=file.file_id).values_list("record_class", flat=True))
            ends[place] |= {each: year for each in KEPT if each not in left and each not in ends[place]}
    return {place: (found[KEPT[0]], found[KEPT[1]]) for place, found in ends.items()}


@pytest.mark.row("H01", "H02", "H04")
@pytest.mark.django_db(transaction=True)
@by_preset(
    "years",
    {
        "binance": BY_POLICY,
        "binance-cooling-off": BY_POLICY,
        "binance-us": BY_POLICY,
        "pionex": BY_POLICY,
        "standard": {"": (5, 7), "BE": (10, 10)},
    },
)
def test_identity_and_transactions_are_kept(
    now: datetime, advance: Callable[..., datetime], preset: str, years: dict[str, Ends]
) -> None:
    pinned = pin(loader.load(preset))
    files = {
        country: sealed(
            f"p{place}", now=now, terms=terms_of(ClosureRequest(account=Account(country=country), **pinned))
        )
        for place, country in enumerate(years)
    }
    for country, file in files.items():
        for record_class, count in zip(KEPT, years[country], strict=True):
            record, end = record_of(file, record_class), anniversary(now, count)
            assert open_record(record.pk, now=end - timedelta(seconds=1))
            with pytest.raises(Expired):
                open_record(record.pk, now=end)
    assert destroyed_in(files, now, advance) == years


@pytest.mark.row("H01")
@pytest.mark.django_db(transaction=True)
@by_preset("days", {"binance": 30, "binance-cooling-off": 30, "binance-us": 30, "pionex": 30, "standard": 30})
def test_photos_are_destroyed_after_the_decision(now: datetime, settings: Any, preset: str, days: int) -> None:
    settings.PORTAL_POLICY = preset
    case = open_case(make_account("ana"), now=now)
    kept(case, now=now)
    resolve(case, now=now)
    end = now + timedelta(days=days)
    destroyed = [len(upkeep.purge_due(now=at, batch_size=9)) for at in (end - timedelta(seconds=1), end)]
    assert destroyed == [0, 1]
