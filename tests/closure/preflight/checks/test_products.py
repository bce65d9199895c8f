"""Earn, pools, staking, Web3 and NFTs (A05, A06, A07, B08)."""

from datetime import timedelta
from typing import Any

import pytest

from closure.enums import Area, Verdict
from closure.preflight.checks import AreaCheck, earn_flexible, earn_locked, liquidity, nft, staking, web3
from tests.closure.preflight.builders import DUST, NOW, STANDARD, dust_policy, holding, view
from tests.closure.preflight.builders import nft as token

PRODUCTS: dict[Area, AreaCheck] = {
    module.AREA: module.check for module in (earn_flexible, earn_locked, liquidity, staking, web3)
}
LOCK = timedelta(days=90)


def locked(area: Area = Area.EARN_LOCKED, **facts: Any) -> Any:
    return holding("ETH", "1.25", "4375.00", area, **{"unlocks": NOW + LOCK, "redeemable": False, **facts})


@pytest.mark.parametrize("area", list(PRODUCTS))
def test_product_empty_is_clear(area: Area) -> None:
    assert PRODUCTS[area](view(holding("ETH", "0", None, area)), STANDARD, NOW) == []


@pytest.mark.row("A05", "A06", "A07")
@pytest.mark.parametrize("preset", list(DUST))
@pytest.mark.parametrize("area", list(PRODUCTS))
def test_product_of_any_size_blocks_in_every_preset(area: Area, preset: str) -> None:
    [blocker] = PRODUCTS[area](view(holding("ETH", "0.0001", "0.30", area)), dust_policy(preset), NOW)
    assert (blocker.code, blocker.verdict) == (f"{area}_balance", Verdict.BLOCKED)
    assert (blocker.actionable, blocker.clears_at) == (True, NOW + timedelta(hours=1))


@pytest.mark.row("A05", "A20")
def test_lock_that_cannot_be_redeemed_early_blocks_until_its_maturity() -> None:
    [blocker] = earn_locked.check(view(locked()), STANDARD, NOW)
    assert (blocker.code, blocker.clears_at, blocker.actionable) == ("earn_locked_waiting", NOW + LOCK, False)
    assert blocker.condition == "On 18 Feb 2027, 08:00 UTC, when the lock ends."
    assert blocker.found[0].until == NOW + LOCK


@pytest.mark.row("A05")
def test_locks_block_until_the_last_of_them() -> None:
    soon = locked(unlocks=NOW + timedelta(days=1))
    [blocker] = earn_locked.check(view(soon, locked()), STANDARD, NOW)
    assert blocker.clears_at == NOW + LOCK
    assert [entry.until for entry in blocker.found] == [NOW + timedelta(days=1), NOW + LOCK]


@pytest.mark.row("A05")
def test_lock_that_may_be_redeemed_early_can_clear_now_and_shows_its_maturity() -> None:
    [blocker] = earn_locked.check(view(locked(redeemable=True)), STANDARD, NOW)
    assert (blocker.code, blocker.actionable) == ("earn_locked_early", True)
    assert blocker.clears_at == NOW + timedelta(hours=1)
    assert "18 Feb 2027, 08:00 UTC" in blocker.condition


@pytest.mark.row("A05")
@pytest.mark.parametrize("redeemable", [True, False])
def test_lock_that_has_matured_is_to_be_redeemed(redeemable: bool) -> None:
    [blocker] = earn_locked.check(view(locked(unlocks=NOW, redeemable=redeemable)), STANDARD, NOW)
    assert (blocker.code, blocker.actionable) == ("earn_locked_balance", True)


@pytest.mark.row("A05")
def test_lock_without_an_end_has_a_condition_instead_of_a_date() -> None:
    [blocker] = earn_locked.check(view(locked(unlocks=None)), STANDARD, NOW)
    assert (blocker.code, blocker.clears_at) == ("earn_locked_no_end", None)
    assert blocker.condition == "When it is released. We were given no date; our support can tell you more."


@pytest.mark.row("A06")
@pytest.mark.parametrize("redeemable", [True, False])
def test_unstaking_counts_its_wait(redeemable: bool) -> None:
    wait = NOW + timedelta(days=3)
    [blocker] = staking.check(view(locked(Area.STAKING, unlocks=wait, redeemable=redeemable)), STANDARD, NOW)
    assert (blocker.code, blocker.clears_at) == ("staking_waiting", wait)
    assert blocker.condition == "On 23 Nov 2026, 08:00 UTC, when the wait is over."


@pytest.mark.row("A07")
def test_web3_is_not_slowed_by_the_daily_cap() -> None:
    [blocker] = web3.check(view(holding("BTC", "5000", None, Area.WEB3)), STANDARD, NOW)
    assert blocker.clears_at == NOW + timedelta(hours=1)


@pytest.mark.row("B08")
def test_nft_warns_for_each_with_a_code_of_its_own() -> None:
    first, second = nft.check(view(token("17"), token("18")), STANDARD, NOW)
    assert {first.verdict, second.verdict} == {Verdict.WARNING}
    assert first.code != second.code
    assert first.found[0].as_dict() == {"asset": "Harbor Lights #17 (ETH)", "amount": "1", "value_usdt": None}
    assert "Ethereum- or BSC-compatible wallet" in first.how


@pytest.mark.row("B08")
def test_nft_code_stays_the_same_from_check_to_check() -> None:
    [before], [after] = (nft.check(view(token()), STANDARD, NOW + timedelta(days=day)) for day in (0, 1))
    assert before.code == after.code
