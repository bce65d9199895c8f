"""Spot, funding and fiat: what is left blocks, dust as each policy says (A01, A02, A08, B04)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from closure.enums import Area, Verdict
from closure.exchange.contract import Holding
from closure.preflight.checks import fiat, funding, spot
from closure.preflight.verdict import Finding
from tests.closure.preflight.builders import CLEAR, DUST, NOW, STANDARD, dust_policy, holding, position, view

CHECKS = {Area.SPOT: spot.check, Area.FUNDING: funding.check, Area.FIAT: fiat.check}


def outcome(*items: Holding, preset: str = "standard", area: Area = Area.SPOT) -> list[tuple[str, Verdict]]:
    found = CHECKS[area](view(*items), dust_policy(preset), NOW)
    return [(finding.code, finding.verdict) for finding in found]


def only(found: list[Finding]) -> Finding:
    assert len(found) == 1
    return found[0]


@pytest.mark.row("A01")
@pytest.mark.parametrize("area", list(CHECKS))
def test_wallet_empty_is_clear(area: Area) -> None:
    assert outcome(area=area) == []


@pytest.mark.row("A01")
@pytest.mark.parametrize("area", list(CHECKS))
def test_wallet_with_assets_blocks_and_names_each_with_its_imported_amount(area: Area) -> None:
    items = [holding("BTC", "0.50000000", "31250.00", area), holding("ETH", "1e1", None, area)]
    blocker = only(CHECKS[area](view(*items), STANDARD, NOW))
    assert (blocker.code, blocker.area, blocker.verdict) == (f"{area}_balance", area, Verdict.BLOCKED)
    assert [entry.as_dict() for entry in blocker.found] == [
        {"asset": "BTC", "amount": "0.50000000", "value_usdt": "31250.00"},
        {"asset": "ETH", "amount": "1e1", "value_usdt": None},
    ]
    assert "Open Wallet" in blocker.how


@pytest.mark.row("A02")
@pytest.mark.parametrize("preset", list(DUST))
@pytest.mark.parametrize("text", ["0", "0E-8", "0.00000000"])
def test_dust_of_zero_never_blocks(preset: str, text: str) -> None:
    assert outcome(holding("ABC", text, None), preset=preset) == []


@pytest.mark.row("A02")
@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("binance", [("spot_dust", Verdict.WARNING)]),
        ("binance-cooling-off", [("spot_balance", Verdict.BLOCKED)]),
        ("binance-us", [("spot_balance", Verdict.BLOCKED)]),
        ("pionex", [("spot_balance", Verdict.BLOCKED)]),
        ("standard", [("spot_dust_ABC", Verdict.WARNING), ("spot_dust_SOL", Verdict.WARNING)]),
    ],
)
def test_dust_within_both_limits_is_what_the_preset_says(preset: str, expected: list[tuple[str, Verdict]]) -> None:
    assert outcome(holding("ABC", "0.0003", "0.41"), holding("SOL", "0.002", "0.34"), preset=preset) == expected


@pytest.mark.row("A02")
@pytest.mark.parametrize("preset", list(DUST))
def test_coin_worth_the_limit_is_no_dust(preset: str) -> None:
    assert outcome(holding("ABC", "1", "1"), preset=preset) == [("spot_balance", Verdict.BLOCKED)]


@pytest.mark.row("A02")
@pytest.mark.parametrize("preset", list(DUST))
def test_coin_without_a_price_is_never_dust(preset: str) -> None:
    assert outcome(holding("ABC", "0.0000001", None), preset=preset) == [("spot_balance", Verdict.BLOCKED)]


@pytest.mark.row("A02")
@pytest.mark.parametrize(
    ("preset", "code", "verdict"),
    [("standard", "spot_dust", Verdict.BLOCKED), ("binance", "spot_dust", Verdict.WARNING)],
)
def test_three_hundred_coins_of_dust_are_not_dust_together(preset: str, code: str, verdict: Verdict) -> None:
    coins = [holding(f"C{number}", "1", "0.99") for number in range(300)]
    assert outcome(*coins, preset=preset) == [(code, verdict)]


@pytest.mark.row("A02")
@pytest.mark.parametrize(("last", "expected"), [("0.20", Verdict.WARNING), ("0.21", Verdict.BLOCKED)])
def test_dust_exactly_at_the_total_is_within_it(last: str, expected: Verdict) -> None:
    coins = [*(holding(f"C{number}", "1", "0.80") for number in range(6)), holding("LAST", "1", last)]
    found = spot.check(view(*coins), STANDARD, NOW)
    assert {finding.verdict for finding in found} == {expected}


@pytest.mark.row("A02")
def test_dust_above_the_total_names_the_sum_and_the_limit() -> None:
    blocker = only(spot.check(view(*(holding(f"C{n}", "1", "0.90") for n in range(6))), STANDARD, NOW))
    assert blocker.why == "You have small balances worth 5.40 USDT together. At most 5 USDT may be left behind."


@pytest.mark.row("A02")
def test_coin_spread_over_wallets_counts_as_one() -> None:
    parts = [holding("ABC", "1", "0.6"), holding("ABC", "1", "0.6", Area.FUNDING)]
    assert outcome(*parts) == [("spot_balance", Verdict.BLOCKED)]
    assert outcome(*parts, area=Area.FUNDING) == [("funding_balance", Verdict.BLOCKED)]


@pytest.mark.row("A02")
def test_coin_priced_in_one_wallet_alone_is_never_dust() -> None:
    parts = [holding("ABC", "1", "0.1"), holding("ABC", "1", None, Area.FUNDING)]
    assert outcome(*parts) == [("spot_balance", Verdict.BLOCKED)]


@pytest.mark.row("A02")
def test_dust_total_counts_all_wallets_together() -> None:
    coins = [holding(f"C{n}", "1", "0.90", area) for n, area in enumerate([Area.SPOT] * 3 + [Area.FIAT] * 3)]
    assert outcome(*coins) == [("spot_dust", Verdict.BLOCKED)]
    assert outcome(*coins, area=Area.FIAT) == [("fiat_dust", Verdict.BLOCKED)]


@pytest.mark.row("A02")
def test_dust_beside_an_asset_is_told_apart() -> None:
    assert outcome(holding("BTC"), holding("ABC", "1", "0.5")) == [
        ("spot_balance", Verdict.BLOCKED),
        ("spot_dust_ABC", Verdict.WARNING),
    ]


def test_dust_code_of_a_strange_name_is_safe_in_an_address() -> None:
    [(code, _verdict)] = outcome(holding("A/B C", "1", "0.5"))
    assert code.removeprefix("spot_dust_").isalnum()


@pytest.mark.row("A08")
def test_position_in_spot_blocks() -> None:
    blocker = only(spot.check(view(position(Area.SPOT)), STANDARD, NOW))
    assert (blocker.code, blocker.clears_at) == ("spot_position", NOW)


@pytest.mark.row("B05", "A20")
@pytest.mark.parametrize(
    ("level", "btc", "withdrawals"),
    [(1, "250", 125), (2, "250", 3), (0, "0.06", 1), (0, "0.0601", 2), (1, "2", 1), (2, "100.00000001", 2)],
)
def test_withdrawal_takes_as_many_days_as_the_cap_of_the_level_asks(level: int, btc: str, withdrawals: int) -> None:
    seen = view(holding("BTC", btc, None), facts=replace(CLEAR, identity_level=level))
    blocker = only(spot.check(seen, STANDARD, NOW))
    assert blocker.clears_at == NOW + timedelta(days=withdrawals - 1, hours=1)
    assert (f"this takes {withdrawals} withdrawals" in blocker.condition) is (withdrawals > 1)


def test_withdrawal_without_a_price_says_that_it_takes_a_day() -> None:
    blocker = only(spot.check(view(holding("ABC", "5", None)), STANDARD, NOW))
    assert blocker.clears_at == NOW + timedelta(hours=1)
    assert blocker.condition == (
        "As soon as it is withdrawn. We have no price for ABC: each takes the limit of a whole day."
    )


def test_withdrawal_of_more_than_a_century_has_no_date() -> None:
    blocker = only(spot.check(view(holding("BTC", "1e9", None)), STANDARD, NOW))
    assert blocker.clears_at is None
    assert "more than 100 years" in blocker.condition


def test_spot_locked_until_a_date_waits_for_it() -> None:
    ends = NOW + timedelta(days=3)
    blocker = only(spot.check(view(holding(unlocks=ends, redeemable=False)), STANDARD, NOW))
    assert (blocker.code, blocker.clears_at, blocker.actionable) == ("spot_waiting", ends, False)


@pytest.mark.row("B04", "A20")
def test_fiat_is_gone_after_one_to_five_business_days() -> None:
    blocker = only(fiat.check(view(holding("EUR", "250.00", "271.25", Area.FIAT)), STANDARD, NOW))
    # Friday in New York: Monday at five, and by the Friday after Thanksgiving at the latest, Monday.
    assert blocker.clears_at == datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    assert blocker.condition == (
        "When the transfer has settled: 1 to 5 business days, by 30 Nov 2026, 22:00 UTC at the latest."
    )


@pytest.mark.row("A02")
def test_fiat_is_dust_by_value() -> None:
    assert outcome(holding("EUR", "0.80", "0.86", Area.FIAT), area=Area.FIAT) == [("fiat_dust_EUR", Verdict.WARNING)]


def test_dust_value_of_zero_is_dust_and_still_named() -> None:
    warning = only(spot.check(view(holding("ABC", "0.0003", "0.00")), STANDARD, NOW))
    assert (warning.code, warning.found[0].amount, warning.found[0].value_usdt) == ("spot_dust_ABC", "0.0003", "0.00")
    assert Decimal(warning.params["limit"]) == 1


@pytest.mark.row("A02")
def test_dust_of_all_wallets_is_a_single_warning_where_the_policy_only_warns() -> None:
    items = [holding("EUR", "0.80", "0.86", Area.FIAT), holding("ABC", "0.0003", "0.41", Area.FUNDING)]
    assert [outcome(*items, preset="binance", area=area) for area in CHECKS] == [
        [],
        [("funding_dust", Verdict.WARNING)],
        [],
    ]
    warning = only(funding.check(view(*items), dust_policy("binance"), NOW))
    assert [entry.asset for entry in warning.found] == ["ABC", "EUR"]
