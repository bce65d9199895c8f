"""Orders, P2P, transfers, API keys and referrals (A09, A10, A11, B09)."""

from datetime import UTC, datetime, timedelta

import pytest

from closure.enums import Area, OrderKind, TransferKind, Verdict
from closure.policy.schema import ApiKeys
from closure.preflight.checks import api_keys, orders, p2p, referrals, transfers
from tests.closure.preflight.builders import (
    NOW,
    STANDARD,
    api_key,
    order,
    preflight_policy,
    referral,
    transfer,
    view,
)

EXCHANGE_ORDERS = [kind for kind in OrderKind if kind is not OrderKind.P2P]
FIAT_TRANSFERS = [kind for kind in TransferKind if kind is not TransferKind.CRYPTO]


def test_activity_none_is_clear() -> None:
    found = [check(view(), STANDARD, NOW) for check in (orders.check, p2p.check, transfers.check, api_keys.check)]
    assert found == [[], [], [], []]


@pytest.mark.row("A09")
@pytest.mark.parametrize("kind", EXCHANGE_ORDERS)
def test_order_of_every_kind_blocks(kind: OrderKind) -> None:
    [blocker] = orders.check(view(order(kind)), STANDARD, NOW)
    assert (blocker.code, blocker.verdict, blocker.clears_at) == ("orders_open", Verdict.BLOCKED, NOW)
    assert (blocker.found[0].asset, blocker.found[0].amount) == ("SOL/USDT", "0.05")


@pytest.mark.row("A10")
@pytest.mark.parametrize("area", [Area.P2P, Area.ORDERS])
def test_p2p_order_blocks_wherever_it_is_listed_and_has_no_date(area: Area) -> None:
    seen = view(order(OrderKind.P2P, area))
    [blocker] = p2p.check(seen, STANDARD, NOW)
    assert (blocker.code, blocker.clears_at, blocker.actionable) == ("p2p_in_progress", None, False)
    assert "cannot be forced" in blocker.why
    assert blocker.condition == "When both sides have finished the order."
    assert orders.check(seen, STANDARD, NOW) == []


@pytest.mark.row("A01", "A20")
def test_transfers_block_until_the_last_settles() -> None:
    days = [NOW + timedelta(days=day) for day in (5, 2)]
    [blocker] = transfers.check(view(*(transfer(settles=day) for day in days)), STANDARD, NOW)
    assert (blocker.code, blocker.clears_at) == ("transfers_settling", days[0])
    assert [entry.until for entry in blocker.found] == days
    assert blocker.condition == "When it settles, expected on 25 Nov 2026, 08:00 UTC."


@pytest.mark.row("B04")
@pytest.mark.parametrize("kind", FIAT_TRANSFERS)
@pytest.mark.parametrize("settles", [None, NOW - timedelta(days=1), NOW])
def test_bank_transfer_without_a_future_date_takes_business_days(kind: TransferKind, settles: datetime | None) -> None:
    [blocker] = transfers.check(view(transfer(kind, settles)), STANDARD, NOW)
    assert (blocker.code, blocker.clears_at) == ("transfers_at_bank", datetime(2026, 11, 23, 22, tzinfo=UTC))
    assert "by 30 Nov 2026, 22:00 UTC at the latest" in blocker.condition


def test_chain_transfer_without_a_date_has_a_condition() -> None:
    [blocker] = transfers.check(view(transfer(TransferKind.CRYPTO)), STANDARD, NOW)
    assert (blocker.code, blocker.clears_at) == ("transfers_on_chain", None)
    assert blocker.condition == "When the network confirms it. We cannot name the time."


def test_transfer_of_nothing_is_clear() -> None:
    assert transfers.check(view(transfer(text="0.00")), STANDARD, NOW) == []


@pytest.mark.row("A11")
@pytest.mark.parametrize(
    ("rule", "code", "verdict"),
    [
        (ApiKeys.DELETED_FIRST, "api_keys_left", Verdict.BLOCKED),
        (ApiKeys.REVOKE, "api_keys_revoked", Verdict.WARNING),
    ],
)
def test_api_keys_block_or_warn_as_the_policy_says(rule: ApiKeys, code: str, verdict: Verdict) -> None:
    [found] = api_keys.check(view(api_key()), preflight_policy(api_keys=rule), NOW)
    assert (found.code, found.verdict, found.found[0].asset) == (code, verdict, "bot")


@pytest.mark.row("B09")
def test_referrals_unsettled_warn_and_settled_do_not() -> None:
    [warning] = referrals.check(view(referral(), referral(settled=True, text="9")), STANDARD, NOW)
    assert (warning.code, warning.verdict) == ("referral_USDT", Verdict.WARNING)
    assert [entry.amount for entry in warning.found] == ["3.20"]
    assert "forfeited" in warning.why
    assert referrals.check(view(referral(text="0")), STANDARD, NOW) == []


@pytest.mark.row("B09")
def test_each_unsettled_commission_is_a_warning_of_its_own() -> None:
    items = [referral(), referral(text="7"), referral(settled=True, text="9"), referral(text="1")]
    found = [(each.code, each.found[0].amount) for each in referrals.check(view(*items), STANDARD, NOW)]
    assert found == [("referral_USDT", "3.20"), ("referral_USDT_2", "7"), ("referral_USDT_3", "1")]
