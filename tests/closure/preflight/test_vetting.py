"""Vetting: one bad area is unknown, not all; a bad snapshot is unknown whole (A19)."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.ids import uuid7
from closure.enums import CORE_AREAS, Area, OrderKind
from closure.exchange.contract import Debt, Item, Withdrawal
from closure.preflight.vetting import MOST_ITEMS, nothing, vet
from tests.closure.preflight.builders import (
    NOW,
    api_key,
    area_of,
    areas_with,
    holding,
    loan,
    nft,
    order,
    position,
    referral,
    snapshot,
    transfer,
)

ANA, SOMEBODY = uuid7(), uuid7()
pytestmark = pytest.mark.row("A19")
EVERY_ITEM = (holding(), position(), order(), loan(), transfer(), api_key(), referral(), nft())


def unknown_areas(answer: Any) -> list[Area]:
    return list(vet(answer, account_id=ANA, now=NOW).unknown)


def with_area(area: Area, items: Any) -> Any:
    """Return a snapshot with these items in one area."""
    return snapshot(ANA, areas={**areas_with(), area: items})


def broken(item: Item | Debt, **facts: Any) -> Any:
    """Return an item with facts that no check of types would let through."""
    return replace(item, **facts)


def test_snapshot_that_can_be_true_is_believed_whole() -> None:
    vetted = vet(snapshot(ANA, *EVERY_ITEM), account_id=ANA, now=NOW)
    assert (dict(vetted.areas), dict(vetted.unknown)) == (areas_with(*EVERY_ITEM), {})
    assert (vetted.taken_at, vetted.prices, vetted.withdrawals) == (NOW, {"BTC": Decimal(62500)}, ())


def test_nothing_is_known_of_no_area() -> None:
    assert list(nothing("why").unknown.items()) == [(area, "why") for area in CORE_AREAS]


@pytest.mark.parametrize("answer", [None, "200 OK", {}, [], 7, object(), Decimal("NaN")])
def test_answer_that_is_no_snapshot_is_unknown_whole(answer: object) -> None:
    assert unknown_areas(answer) == list(CORE_AREAS)


@pytest.mark.parametrize(
    "facts",
    [
        {"account_id": SOMEBODY},
        {"account_id": str(ANA)},
        {"taken_at": NOW - timedelta(seconds=61)},
        {"taken_at": NOW + timedelta(seconds=61)},
        {"taken_at": NOW.replace(tzinfo=None)},
        {"taken_at": NOW.isoformat()},
        {"taken_at": None},
        {"areas": None},
        {"areas": []},
    ],
)
def test_snapshot_of_another_account_or_time_or_shape_is_unknown_whole(facts: dict[str, Any]) -> None:
    assert unknown_areas(replace(snapshot(ANA), **facts)) == list(CORE_AREAS)


@pytest.mark.parametrize("seconds", [-60, 0, 60])
def test_snapshot_within_a_minute_is_fresh(seconds: int) -> None:
    assert unknown_areas(snapshot(ANA, at=NOW + timedelta(seconds=seconds))) == []


@pytest.mark.parametrize("area", CORE_AREAS)
def test_area_that_is_missing_is_unknown_alone(area: Area) -> None:
    rest = {each: items for each, items in areas_with().items() if each is not area}
    assert unknown_areas(snapshot(ANA, areas=rest)) == [area]


@pytest.mark.parametrize("items", ["", {}, 0, (None,), ("BTC",), (1,), ({"asset": "BTC"},), {holding()}])
def test_area_of_garbage_is_unknown_alone(items: Any) -> None:
    assert unknown_areas(with_area(Area.SPOT, items)) == [Area.SPOT]


@pytest.mark.parametrize("item", [each for each in EVERY_ITEM if hasattr(each, "amount")])
@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "-1", "-0.00000001", "1.1e30", "1e9999"])
def test_amount_that_cannot_be_is_unknown(item: Item, amount: str) -> None:
    area = area_of(item)
    bad = broken(item, amount=Decimal(amount), text=amount)
    assert unknown_areas(with_area(area, (bad,))) == [area]


@pytest.mark.parametrize("amount", [1.5, 1, "1", None, True])
def test_amount_that_is_no_decimal_is_unknown(amount: Any) -> None:
    assert unknown_areas(with_area(Area.SPOT, (broken(holding(), amount=amount),))) == [Area.SPOT]


@pytest.mark.parametrize("text", ["2", "", "1 BTC", "one", "NaN", "1" * 300, None, 1])
def test_text_that_is_another_amount_is_unknown(text: Any) -> None:
    assert unknown_areas(with_area(Area.SPOT, (broken(holding(), text=text),))) == [Area.SPOT]


@pytest.mark.parametrize("text", ["1", "1.0", "1e0", "1.00000000", "10E-1"])
def test_text_of_the_same_amount_is_believed(text: str) -> None:
    assert unknown_areas(with_area(Area.SPOT, (broken(holding(), text=text),))) == []


@pytest.mark.parametrize(
    ("item", "facts"),
    [
        (holding(), {"value_usdt": Decimal("NaN")}),
        (holding(), {"value_usdt": Decimal(-1)}),
        (holding(), {"value_usdt": "62500"}),
        (holding(), {"asset": ""}),
        (holding(), {"asset": "X" * 257}),
        (holding(), {"asset": "B\x00C"}),
        (holding(), {"asset": "B\ud800"}),
        (holding(), {"unlocks": NOW.replace(tzinfo=None)}),
        (holding(), {"unlocks": "2026-12-31"}),
        (holding(), {"unlocks": datetime.max.replace(tzinfo=NOW.tzinfo)}),
        (holding(), {"redeemable": "yes"}),
        (holding(), {"external_id": None}),
        (position(), {"symbol": None}),
        (position(), {"side": "sideways"}),
        (position(), {"value_usdt": Decimal(-5)}),
        (order(), {"kind": "iceberg"}),
        (order(), {"price": Decimal(-1)}),
        (transfer(), {"kind": "carrier pigeon"}),
        (transfer(), {"direction": "up"}),
        (transfer(), {"settles": NOW.replace(tzinfo=None)}),
        (api_key(), {"key_id": ""}),
        (api_key(), {"scopes": (1,)}),
        (api_key(), {"scopes": "read"}),
        (api_key(), {"label": "\udfff"}),
        (referral(), {"settled": 0}),
        (nft(), {"token": 17}),
    ],
)
def test_fact_that_cannot_be_true_is_unknown(item: Item, facts: dict[str, Any]) -> None:
    area = area_of(item)
    assert unknown_areas(with_area(area, (broken(item, **facts),))) == [area]


def test_kinds_may_come_as_plain_text() -> None:
    plain = broken(order(), kind=OrderKind.OCO.value, side="sell")
    assert unknown_areas(with_area(Area.ORDERS, (plain,))) == []


@pytest.mark.parametrize("item", EVERY_ITEM)
def test_item_in_an_area_of_another_kind_is_unknown(item: Item) -> None:
    elsewhere = Area.NFT if area_of(item) is not Area.NFT else Area.SPOT
    assert unknown_areas(with_area(elsewhere, (item,))) == [elsewhere]


def test_holding_that_names_another_area_is_unknown() -> None:
    assert unknown_areas(with_area(Area.FUNDING, (holding(area=Area.SPOT),))) == [Area.FUNDING]


def test_external_id_twice_makes_both_areas_unknown() -> None:
    twice = [holding(area=area, external_id="h-1") for area in (Area.SPOT, Area.STAKING)]
    assert unknown_areas(snapshot(ANA, *twice)) == [Area.SPOT, Area.STAKING]
    assert unknown_areas(snapshot(ANA, api_key("k"), api_key("k"))) == [Area.API_KEYS]


def test_external_id_is_shared_by_different_kinds_and_absent_ones_do_not_count() -> None:
    items: list[Item] = [holding(external_id="1"), order(external_id="1"), holding(), holding()]
    assert unknown_areas(snapshot(ANA, *items)) == []


def test_area_of_absurdly_many_items_is_unknown() -> None:
    assert unknown_areas(with_area(Area.NFT, (nft(),) * (MOST_ITEMS + 1))) == [Area.NFT]


@pytest.mark.parametrize(
    "prices", [None, [], {"BTC": Decimal("NaN")}, {"BTC": Decimal(-1)}, {"BTC": Decimal(0)}, {"BTC": 1.0}]
)
def test_price_that_cannot_be_is_no_price(prices: Any) -> None:
    assert vet(snapshot(ANA, prices=prices), account_id=ANA, now=NOW).prices == {}


def withdrawal(value: str | None = "10", at: datetime = NOW) -> Withdrawal:
    return Withdrawal(time=at, asset="USDT", amount=Decimal(10), value_usdt=None if value is None else Decimal(value))


def test_withdrawals_of_the_last_30_days_count() -> None:
    old, new = withdrawal(at=NOW - timedelta(days=30, seconds=1)), withdrawal(at=NOW - timedelta(days=30))
    assert vet(snapshot(ANA, withdrawals=(old, new)), account_id=ANA, now=NOW).withdrawals == (new,)


@pytest.mark.parametrize(
    "withdrawals",
    [
        None,
        "none",
        ({},),
        (withdrawal("-1"),),
        (withdrawal("NaN"),),
        (withdrawal(at=NOW + timedelta(minutes=2)),),
        (withdrawal(at=NOW.replace(tzinfo=None)),),
    ],
)
def test_withdrawals_that_cannot_be_true_are_unreadable(withdrawals: Any) -> None:
    assert vet(snapshot(ANA, withdrawals=withdrawals), account_id=ANA, now=NOW).withdrawals is None


OWED = Debt(asset="USDT", amount=Decimal("12.50"), text="12.50", network="TRX", address="T-1")


@pytest.mark.row("K01")
@pytest.mark.parametrize("debts", [None, (), (OWED,), [OWED]])
def test_debts_that_can_be_true_are_believed(debts: Any) -> None:
    told = replace(snapshot(ANA), debts=debts)
    assert vet(told, account_id=ANA, now=NOW).debts == (None if debts is None else tuple(debts))


@pytest.mark.row("K01")
@pytest.mark.parametrize(
    "debts",
    [
        "USDT",
        {"USDT": "12.50"},
        (None,),
        (holding(),),
        (OWED, OWED),
        (broken(OWED, amount=Decimal(0), text="0"),),
        (broken(OWED, amount=Decimal(-1), text="-1"),),
        (broken(OWED, text="1.25"),),
        (broken(OWED, asset=""),),
        (broken(OWED, address=None),),
    ],
)
def test_debts_that_cannot_be_true_are_unknown_and_never_settled(debts: Any) -> None:
    told = replace(snapshot(ANA), debts=debts)
    assert vet(told, account_id=ANA, now=NOW).debts is None
