"""The planner: one date for all blockers, or the reason why there is none (A20)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from closure.enums import Area, OrderKind
from closure.exchange.contract import Holding, Item
from closure.preflight.planner import plan
from closure.preflight.runner import assess
from closure.preflight.verdict import Check
from closure.preflight.vetting import Vetted
from tests.closure.preflight.builders import CLEAR, NOW, STANDARD, areas_with, holding, order, transfer

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WALLETS = [Area.SPOT, Area.FUNDING, Area.FIAT, Area.USDM_FUTURES, Area.EARN_FLEXIBLE, Area.LIQUIDITY, Area.WEB3]
LOCKS = [Area.EARN_LOCKED, Area.STAKING]


def check(*items: Item, level: int = 2) -> Check:
    vetted = Vetted(areas=areas_with(*items), prices={"BTC": Decimal(62500)})
    return assess(vetted, replace(CLEAR, identity_level=level), policy=STANDARD, now=NOW)


def lock(days: int, btc: str = "1") -> Holding:
    return holding("BTC", btc, None, Area.EARN_LOCKED, unlocks=NOW + days * DAY, redeemable=False)


@st.composite
def holdings(draw: st.DrawFn) -> list[Holding]:
    """Return holdings of any size in any area, some locked."""
    sizes = st.decimals(min_value="0.00000001", max_value=2000, places=8).map(str)
    free = st.builds(holding, st.sampled_from(["BTC", "ABC"]), sizes, st.none(), st.sampled_from(WALLETS))
    waits = st.timedeltas(min_value=timedelta(seconds=1), max_value=400 * DAY).map(lambda wait: NOW + wait)
    locked = st.builds(
        holding, st.just("BTC"), sizes, st.none(), st.sampled_from(LOCKS), unlocks=waits, redeemable=st.booleans()
    )
    return draw(st.lists(st.one_of(free, locked), max_size=6))


@pytest.mark.row("A20")
def test_plan_of_a_clear_account_is_now() -> None:
    assert plan([], level=0, now=NOW).earliest == NOW
    assert check().earliest == NOW


@pytest.mark.row("A20", "A05")
def test_plan_of_one_lock_is_the_day_of_the_lock() -> None:
    assert check(lock(90)).earliest == NOW + 90 * DAY


@pytest.mark.row("A20", "B05")
def test_plan_of_250_btc_at_level_1_is_the_124th_day_and_its_settlement() -> None:
    assert check(holding("BTC", "250", None), level=1).earliest == NOW + 124 * DAY + HOUR


@pytest.mark.row("B05")
def test_plan_shares_the_cap_among_wallets() -> None:
    parts = [holding("BTC", "125", None), holding("BTC", "125", None, Area.FUNDING)]
    blockers = check(*parts, level=1)
    assert [blocker.clears_at for blocker in blockers.blockers] == [NOW + 62 * DAY + HOUR] * 2
    assert blockers.earliest == NOW + 124 * DAY + HOUR


@pytest.mark.row("A20")
def test_plan_adds_the_days_that_a_large_lock_needs_after_its_end() -> None:
    assert check(lock(90, "250"), level=1).earliest == NOW + (90 + 124) * DAY + HOUR


@pytest.mark.row("A20")
def test_plan_is_the_latest_of_all() -> None:
    late = NOW + 12 * DAY
    assert check(holding(), lock(3), transfer(settles=late), order()).earliest == late


@pytest.mark.row("A20")
def test_plan_with_an_undated_blocker_keeps_the_date_of_the_others() -> None:
    found = check(lock(90), order(OrderKind.P2P, Area.P2P))
    assert (found.earliest, found.earliest_condition) == (
        NOW + 90 * DAY,
        "When both sides have finished the order.",
    )


@pytest.mark.row("A20")
def test_plan_with_undated_blockers_only_has_no_date() -> None:
    found = check(order(OrderKind.P2P, Area.P2P))
    assert (found.earliest, found.earliest_condition) == (None, "When both sides have finished the order.")


@pytest.mark.row("A19")
def test_plan_with_an_unknown_area_has_no_date() -> None:
    vetted = Vetted(areas=areas_with(), unknown={Area.STAKING: "missing"})
    found = assess(vetted, CLEAR, policy=STANDARD, now=NOW)
    assert (found.earliest, found.earliest_condition) == (None, "As soon as the check gets an answer.")


def test_plan_beyond_a_century_has_no_date() -> None:
    parts = [holding("BTC", "40000", None), holding("BTC", "40000", None, Area.FUNDING)]
    found = check(*parts, level=1)
    assert [blocker.clears_at is None for blocker in found.blockers] == [False, False]
    assert found.earliest is None
    assert "daily limit" in found.earliest_condition


@pytest.mark.row("A20")
@given(items=holdings(), level=st.integers(0, 2))
def test_plan_is_never_before_any_blocker(items: list[Holding], level: int) -> None:
    found = check(*items, level=level)
    dates = [blocker.clears_at for blocker in found.blockers if blocker.clears_at is not None]
    if found.earliest is None:
        assert found.earliest_condition
        return
    assert found.earliest >= NOW
    assert all(found.earliest >= date >= NOW for date in dates)


@pytest.mark.row("A20")
@given(items=holdings().filter(bool), level=st.integers(0, 2), more=st.decimals(0, 1000, places=8))
def test_plan_grows_with_amounts(items: list[Holding], level: int, more: Decimal) -> None:
    first = items[0]
    amount = first.amount + more
    grown = [replace(first, amount=amount, text=str(amount)), *items[1:]]
    before, after = check(*items, level=level).earliest, check(*grown, level=level).earliest
    assert after is None or (before is not None and after >= before)


@pytest.mark.row("A20")
@given(items=holdings(), low=st.integers(0, 2), high=st.integers(0, 2))
def test_plan_of_a_higher_level_is_never_later(items: list[Holding], low: int, high: int) -> None:
    low, high = sorted((low, high))
    slow, fast = check(*items, level=low).earliest, check(*items, level=high).earliest
    assert slow is None or (fast is not None and fast <= slow)


@pytest.mark.row("A20")
@given(items=holdings())
def test_every_blocker_carries_why_how_and_a_date_or_condition(items: list[Holding]) -> None:
    for blocker in check(*items).blockers:
        assert blocker.why
        assert blocker.how
        assert blocker.clears_at or blocker.condition
