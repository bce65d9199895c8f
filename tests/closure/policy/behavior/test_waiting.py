"""What follows submission under each preset: dates, review, reading, export, cancelling (B11, D08, E01-E03, F01)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts import journal
from accounts.enums import Action
from accounts.models import Account
from closure import lifecycle, offers
from closure.enums import ClosureState
from closure.exceptions import TransitionRefused
from closure.models import ClosureRequest
from closure.policy import loader
from tests.closure.policy.behavior.columns import by_preset
from tests.closure.presets import cancel_by_support, decided, waiting
from tests.closure.scenes import SYSTEM
from tests.factories import make_account

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def ana(settings: Any, preset: str) -> Account:
    """Ana, where this preset is in force."""
    settings.PORTAL_POLICY = preset
    return make_account("ana", identity_level=1)


def change_factor(account: Account, at: datetime) -> None:
    """Let a factor be changed at a time: that sets the brake."""
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        journal.record(Action.FACTOR_ADDED, actor=SYSTEM, at=at, account=locked, data={})


def again(account: Account, preset: str, now: datetime, **facts: Any) -> Any:
    """Decide anew, as if there had been no request before."""
    ClosureRequest.objects.filter(account=account).delete()
    return decided(account, loader.load(preset), now, **facts)


WEEK = (7 * DAY, 8 * DAY, 7 * DAY)


@pytest.mark.row("D08", "E01", "E09")
@by_preset(
    "dates",
    {
        "binance": (24 * HOUR, 72 * HOUR, 72 * HOUR),
        "binance-cooling-off": WEEK,
        "binance-us": WEEK,
        "pionex": (timedelta(), HOUR, 72 * HOUR),
        "standard": WEEK,
    },
)
def test_wait_due_and_what_the_brake_adds(
    ana: Account, now: datetime, preset: str, dates: tuple[timedelta, timedelta, timedelta]
) -> None:
    wait, due, adds = dates
    change_factor(ana, now - 72 * HOUR - timedelta(seconds=1))
    free = again(ana, preset, now)
    change_factor(ana, now - 72 * HOUR + timedelta(seconds=1))
    braked = again(ana, preset, now)
    assert (free.finalizes_after - now, free.finalizes_before - now) == (wait, due)
    assert (braked.finalizes_after - now, braked.finalizes_before - now) == (wait + adds, due + adds)
    assert (free.release_at - now, braked.release_at - now) == (30 * DAY, 30 * DAY)


NOBODY = dict.fromkeys(("plain", "10000", "10000.01", "brake"), "")


@pytest.mark.row("F01", "L06")
@by_preset(
    "reviewed",
    {
        "binance": {"plain": "", "10000": "", "10000.01": "review", "brake": "review"},
        "binance-cooling-off": NOBODY,
        "binance-us": dict.fromkeys(NOBODY, "review"),
        "pionex": NOBODY,
        "standard": {"plain": "", "10000": "", "10000.01": "four eyes", "brake": "four eyes"},
    },
)
def test_who_looks_at_it(ana: Account, now: datetime, preset: str, reviewed: dict[str, str]) -> None:
    found = {}
    for name, withdrawn in (("plain", "0"), ("10000", "10000"), ("10000.01", "10000.01"), ("brake", "0")):
        if name == "brake":
            change_factor(ana, now - HOUR)
        said = again(ana, preset, now, withdrawn=withdrawn)
        assert ("large_withdrawals" in said.flags) is (name == "10000.01")
        found[name] = "four eyes" if said.four_eyes_due else "review" if said.review_due else ""
    assert found == reviewed


@pytest.mark.row("B11", "E02")
@by_preset(
    "kept",
    {
        "binance": (False, set()),
        "binance-cooling-off": (True, {"balances", "history"}),
        "binance-us": (True, set()),
        "pionex": (False, set()),
        "standard": (True, set()),
    },
)
def test_records_are_taken_along_and_read_until_the_wait_ends_or_not_at_all(
    ana: Account, now: datetime, preset: str, kept: tuple[bool, set[str]]
) -> None:
    request = waiting(ana, preset, now)
    assert request.finalizes_after is not None
    last = request.finalizes_after - timedelta(microseconds=1)
    exported = [offers.export_until(request, now=at) for at in (now, last, request.finalizes_after)]
    ends = request.finalizes_after if kept[0] else None
    assert (exported, {each.value for each in offers.readable(request)}) == ([ends, ends, None], kept[1])


@pytest.mark.row("E03", "L01")
@by_preset(
    "by",
    {
        "binance": {"support"},
        "binance-cooling-off": {"customer", "support"},
        "binance-us": {"customer", "support"},
        "pionex": set(),
        "standard": {"customer", "support"},
    },
)
def test_who_cancels(ana: Account, now: datetime, preset: str, by: set[str]) -> None:
    request = waiting(ana, preset, now)
    found = {"customer"} if offers.cancel(request) else set()
    try:
        if cancel_by_support(request, now).state == ClosureState.CANCELLED:
            found.add("support")
    except TransitionRefused as refused:
        assert refused.code == "cancel_not_offered"  # noqa: PT017  (the other presets are not refused)
    assert found == by


@pytest.mark.row("E08")
@by_preset("named", {name: name for name in loader.presets()})
def test_request_carries_its_preset_by_name_and_whole(ana: Account, preset: str, named: str) -> None:
    pinned = lifecycle.pin(loader.current())
    assert pinned["policy_name"] == named
    assert loader.from_pinned(pinned["policy"]) == loader.load(preset)
