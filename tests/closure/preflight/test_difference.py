"""What changed between two checks, for staff."""

from datetime import timedelta

from closure.exchange.contract import Item
from closure.preflight.difference import Change, difference
from closure.preflight.runner import assess
from closure.preflight.verdict import Check
from closure.preflight.vetting import Vetted
from tests.closure.preflight.builders import CLEAR, NOW, STANDARD, api_key, areas_with, holding, order, referral


def check(*items: Item, days: int = 0) -> Check:
    return assess(Vetted(areas=areas_with(*items)), CLEAR, policy=STANDARD, now=NOW + timedelta(days=days))


def test_difference_tells_same_changed_new_and_cleared() -> None:
    before = check(holding("BTC", "1", "62500"), order(), api_key(), days=0)
    after = check(holding("BTC", "2", "125000"), api_key(), referral(), days=3)
    assert [(state, finding.code) for state, finding in difference(before, after)] == [
        (Change.CHANGED, "spot_balance"),
        (Change.SAME, "api_keys_revoked"),
        (Change.NEW, "referral_USDT"),
        (Change.CLEARED, "orders_open"),
    ]


def test_difference_of_a_check_with_a_later_one_of_the_same_account_is_none() -> None:
    assert {state for state, _finding in difference(check(holding()), check(holding(), days=9))} == {Change.SAME}


def test_difference_sees_a_lock_that_moved() -> None:
    first, second = (check(holding(unlocks=NOW + timedelta(days=day), redeemable=False)) for day in (30, 90))
    assert [state for state, _finding in difference(first, second)] == [Change.CHANGED]


def test_difference_shows_the_former_finding_of_what_cleared() -> None:
    [(state, finding)] = difference(check(order()), check())
    assert (state, finding.found[0].asset) == (Change.CLEARED, "SOL/USDT")
