"""How long records and photos are kept under each preset, and where the law of a place lengthens it (H01, H02)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Account
from closure.evidence import upkeep
from closure.finalization.archiving import terms_of
from closure.lifecycle import pin
from closure.models import ClosureRequest
from closure.policy import loader
from closure.retention import schedule
from closure.retention.enums import RecordClass
from tests.closure.evidencing import kept, open_case, resolve
from tests.closure.policy.behavior.columns import by_preset
from tests.factories import make_account

BY_POLICY = {"": (5, 7), "BE": (5, 7)}


@pytest.mark.row("H01", "H02")
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
def test_identity_and_transactions_are_kept(preset: str, years: dict[str, tuple[int, int]]) -> None:
    found = {}
    for country in years:
        request = ClosureRequest(account=Account(country=country), **pin(loader.load(preset)))
        terms = terms_of(request)
        classes = (RecordClass.IDENTITY, RecordClass.TRANSACTIONS)
        found[country] = tuple(schedule.period(each, terms).years for each in classes)
    assert found == years


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
