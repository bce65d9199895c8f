"""Futures, options, margin and loans: positions closed, loans repaid, every balance moved out (A03, A04, A08)."""

import pytest

from closure.enums import Area, Verdict
from closure.preflight.checks import (
    AreaCheck,
    coinm_futures,
    cross_margin,
    isolated_margin,
    loans,
    options,
    usdm_futures,
)
from tests.closure.preflight.builders import DUST, NOW, STANDARD, dust_policy, holding, loan, position, view

MARGIN: dict[Area, AreaCheck] = {
    module.AREA: module.check for module in (usdm_futures, coinm_futures, options, cross_margin, isolated_margin)
}


@pytest.mark.row("A03")
@pytest.mark.parametrize("area", list(MARGIN))
def test_margin_empty_is_clear(area: Area) -> None:
    assert MARGIN[area](view(holding("USDT", "0E-8", "0", area), position(area, "0")), STANDARD, NOW) == []


@pytest.mark.row("A03", "A04")
@pytest.mark.parametrize("preset", list(DUST))
@pytest.mark.parametrize("area", list(MARGIN))
@pytest.mark.parametrize(("text", "value"), [("3.17", "3.17"), ("0.00000001", "0.00000001"), ("0.1", None)])
def test_margin_balance_of_any_size_blocks_in_every_preset(area: Area, preset: str, text: str, value: str) -> None:
    [blocker] = MARGIN[area](view(holding("USDT", text, value, area)), dust_policy(preset), NOW)
    assert (blocker.code, blocker.verdict) == (f"{area}_balance", Verdict.BLOCKED)
    assert blocker.found[0].amount == text


@pytest.mark.row("A03", "A08")
@pytest.mark.parametrize("area", list(MARGIN))
def test_margin_position_blocks_until_closed(area: Area) -> None:
    [blocker] = MARGIN[area](view(position(area)), STANDARD, NOW)
    assert (blocker.code, blocker.verdict, blocker.clears_at) == (f"{area}_position", Verdict.BLOCKED, NOW)
    assert [entry.as_dict() for entry in blocker.found] == [
        {"asset": "BTC/USDT:USDT", "amount": "0.2", "value_usdt": "12500"}
    ]
    assert str(area.label) in blocker.how


@pytest.mark.row("A04")
@pytest.mark.parametrize("area", [Area.CROSS_MARGIN, Area.ISOLATED_MARGIN])
def test_margin_loan_blocks_beside_its_assets(area: Area) -> None:
    found = MARGIN[area](view(loan(area), holding("SOL", "0.4", "68.00", area)), STANDARD, NOW)
    assert [finding.code for finding in found] == [f"{area}_loan", f"{area}_balance"]


@pytest.mark.row("A01")
def test_loan_blocks_until_repaid() -> None:
    [blocker] = loans.check(view(loan()), STANDARD, NOW)
    assert (blocker.code, blocker.verdict) == ("loans_loan", Verdict.BLOCKED)
    assert (blocker.found[0].asset, blocker.found[0].amount) == ("USDT", "12.5")


def test_loan_of_nothing_is_clear() -> None:
    assert loans.check(view(loan(text="0")), STANDARD, NOW) == []


def test_collateral_of_a_loan_blocks() -> None:
    [blocker] = loans.check(view(holding("BTC", "1", "62500", Area.LOANS)), STANDARD, NOW)
    assert blocker.code == "loans_balance"
