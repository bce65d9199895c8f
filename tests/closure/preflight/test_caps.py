"""Daily withdrawal caps: how many days a sum takes, whatever it is made of (B05)."""

from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from closure.preflight.caps import BeyondAnyDate, Load, btc_price, daily_cap, in_btc, schedule
from tests.closure.preflight.builders import NOW, holding

DAY = timedelta(days=1)
# Nine of these at the lowest cap stay under a century, beyond which there is no date.
AMOUNTS = st.decimals(min_value=0, max_value=200, places=8)
WAITS = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400))
LOADS = st.lists(st.tuples(WAITS, AMOUNTS), max_size=8)
CAPS = st.sampled_from([Decimal("0.06"), Decimal(2), Decimal(100)])


def loads(*pairs: tuple[timedelta, Decimal]) -> list[Load]:
    return [Load(at=NOW + wait, btc=btc) for wait, btc in pairs]


def last(pairs: list[tuple[timedelta, Decimal]], cap: Decimal) -> datetime:
    return schedule(loads(*pairs), cap=cap, now=NOW).last


@pytest.mark.row("B05")
@pytest.mark.parametrize(("level", "cap"), [(-1, "0.06"), (0, "0.06"), (1, "2"), (2, "100"), (3, "100")])
def test_cap_follows_the_identity_level(level: int, cap: str) -> None:
    assert daily_cap(level) == Decimal(cap)


@pytest.mark.row("B05", "A20")
def test_250_btc_at_level_1_take_125_withdrawals_the_last_on_day_124() -> None:
    planned = schedule(loads((timedelta(), Decimal(250))), cap=daily_cap(1), now=NOW)
    assert (planned.days, planned.last) == (125, NOW + 124 * DAY)


@pytest.mark.row("B05")
def test_loads_share_the_cap_of_a_day() -> None:
    planned = schedule(loads((timedelta(), Decimal("1.5")), (timedelta(), Decimal("0.6"))), cap=Decimal(2), now=NOW)
    assert (planned.days, planned.last) == (2, NOW + DAY)


def test_load_that_comes_later_waits_for_itself_and_for_its_turn() -> None:
    assert last([(timedelta(days=9, hours=3), Decimal(1))], Decimal(2)) == NOW + timedelta(days=9, hours=3)
    assert last([(timedelta(), Decimal(30)), (timedelta(days=9), Decimal(1))], Decimal(2)) == NOW + 15 * DAY


def test_load_without_a_price_counts_as_one_withdrawal() -> None:
    assert schedule([Load(at=NOW, btc=None)], cap=Decimal(2), now=NOW).last == NOW


def test_schedule_of_nothing_is_now() -> None:
    planned = schedule([], cap=Decimal(2), now=NOW)
    assert (planned.last, planned.days) == (NOW, 0)


def test_schedule_beyond_a_century_names_no_date() -> None:
    with pytest.raises(BeyondAnyDate):
        schedule(loads((timedelta(), Decimal("1e30"))), cap=Decimal("0.06"), now=NOW)


@pytest.mark.row("B05")
@given(amount=AMOUNTS.filter(bool), cap=CAPS)
def test_one_load_takes_its_amount_over_the_cap_rounded_up(amount: Decimal, cap: Decimal) -> None:
    planned = schedule(loads((timedelta(), amount)), cap=cap, now=NOW)
    assert planned.days == (amount / cap).to_integral_value(rounding=ROUND_CEILING)
    assert planned.last == NOW + (planned.days - 1) * DAY


@given(pairs=LOADS, cap=CAPS)
def test_schedule_is_never_before_any_load_nor_faster_than_the_cap(
    pairs: list[tuple[timedelta, Decimal]], cap: Decimal
) -> None:
    end = last(pairs, cap)
    total = sum((amount for _wait, amount in pairs), Decimal(0))
    assert all(end >= NOW + wait for wait, _amount in pairs)
    assert ((end - NOW) // DAY + 1) * cap >= total


@pytest.mark.row("A20")
@given(pairs=LOADS.filter(bool), more=AMOUNTS, which=st.integers(0, 7), cap=CAPS)
def test_schedule_grows_with_any_amount(
    pairs: list[tuple[timedelta, Decimal]], more: Decimal, which: int, cap: Decimal
) -> None:
    grown = list(pairs)
    wait, amount = grown[which % len(grown)]
    grown[which % len(grown)] = (wait, amount + more)
    assert last(grown, cap) >= last(pairs, cap)


def test_btc_price_is_quoted_or_implied_by_a_holding() -> None:
    assert btc_price([], {"BTC": Decimal(62500)}) == 62500
    assert btc_price([holding("BTC", "0.5", "31250.00")], {}) == 62500
    assert btc_price([holding("BTC", "0.5", None), holding("ETH")], {}) is None


@pytest.mark.parametrize(
    ("asset", "value", "price", "expected"),
    [
        ("BTC", None, None, "4"),
        ("ETH", "125000", "62500", "2"),
        ("ETH", None, "62500", "0.192"),
        ("ABC", None, "62500", None),
        ("ETH", "125000", None, None),
    ],
)
def test_worth_in_btc(asset: str, value: str | None, price: str | None, expected: str | None) -> None:
    found = in_btc(
        holding(asset, "4", value), price=None if price is None else Decimal(price), prices={"ETH": Decimal(3000)}
    )
    assert found == (None if expected is None else Decimal(expected))
