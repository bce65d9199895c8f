"""Amounts are read strictly and counted exactly."""

from decimal import Decimal, Inexact

import pytest
from hypothesis import given
from hypothesis import strategies as st

from closure.exchange import amounts


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0E-8", "0"),
        ("0E-18", "0"),
        ("0.00000000000000000000", "0"),
        ("1e-7", "0.0000001"),
        ("4.3e-05", "0.000043"),
        ("1E+3", "1000"),
        ("0.000000000000000001", "0.000000000000000001"),
        ("1.50000000000000000000", "1.5"),
        ("5.", "5"),
        (".5", "0.5"),
        ("123456789012345678901234567890.123456789012345678", "123456789012345678901234567890.123456789012345678"),
    ],
)
def test_read_notation_of_exchanges(text: str, amount: str) -> None:
    assert amounts.read(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("-1", "is negative"),
        ("-0", "is negative"),
        ("NaN", "is not a decimal number"),
        ("sNaN", "is not a decimal number"),
        ("Infinity", "is not a decimal number"),
        ("1_000", "is not a decimal number"),
        ("1,5", "is not a decimal number"),
        ("+1", "is not a decimal number"),
        (" 1", "is not a decimal number"),
        ("1\n", "is not a decimal number"),
        ("\u0661", "is not a decimal number"),
        ("", "is not a decimal number"),
        (".", "is not a decimal number"),
        ("0x10", "is not a decimal number"),
        ("1e-19", "has more than 18 decimal places"),
        ("0.0000000000000000001", "has more than 18 decimal places"),
        ("1e30", "is too large"),
        ("1e999", "is too large"),
        ("9" * 65, "is longer than 64 characters"),
        ("1" * 10**6, "is longer than 64 characters"),
    ],
)
def test_read_refuses(text: str, problem: str) -> None:
    with pytest.raises(amounts.BadAmount, match=f"^{problem}$"):
        amounts.read(text)


def test_subtract_never_goes_below_nothing() -> None:
    with pytest.raises(amounts.BadAmount):
        amounts.subtract(Decimal(1), Decimal("1.000000000000000001"))


def test_rounding_is_only_down_and_only_asked_for() -> None:
    assert amounts.divide_down(Decimal(2), Decimal(3), 4) == Decimal("0.6666")
    with pytest.raises(Inexact):
        amounts.EXACT.divide(Decimal(2), Decimal(3))


AMOUNTS = st.decimals(min_value=0, max_value=Decimal(10) ** 29, places=18, allow_nan=False)


@given(AMOUNTS, AMOUNTS)
def test_sum_loses_no_digit(left: Decimal, right: Decimal) -> None:
    assert amounts.subtract(amounts.add(left, right), right) == left


@given(AMOUNTS)
def test_plain_text_comes_back(amount: Decimal) -> None:
    text = amounts.plain(amount)
    assert (amounts.read(text), "E" in text) == (amount, False)


@pytest.mark.parametrize(
    ("text", "told"),
    [("0.50", "0.5"), ("100", "100"), ("1.000", "1"), ("0E-8", "0"), ("1e-18", "0.000000000000000001")],
)
def test_brief_drops_zeros_that_only_fill_up(text: str, told: str) -> None:
    assert amounts.brief(Decimal(text)) == told
