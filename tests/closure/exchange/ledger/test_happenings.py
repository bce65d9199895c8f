"""What the embedded core does by itself: tokens migrate, products mature to spot, orders go with their market alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from closure.enums import Area
from closure.exchange.contract import Order
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.happenings import delist, migrate
from tests.closure.clearing import hold
from tests.closure.exchange.contract import held, spot
from tests.factories import make_account

pytestmark = pytest.mark.django_db
LOCKED = {"area": "earn_locked", "asset": "ETH", "amount": "0.75", "value_usdt": "2625.00", "redeemable": False}


def told(ledger: LedgerGateway) -> list[tuple[str, dict[str, str]]]:
    return [(event.kind, dict(event.data)) for event in ledger.events_since("", limit=10)]


@pytest.mark.row("I07")
def test_token_migrates_whole_and_is_told(ledger: LedgerGateway, now: datetime) -> None:
    ana = make_account("ana")
    hold(ana, holdings=[spot("OLD", "3"), spot("USDT", "1")])
    migrate(ana.pk, "OLD", into="SOL", each=Decimal("0.5"), now=now)
    assert held(ledger, ana.pk, now) == {"SOL": "1.5", "USDT": "1"}
    assert told(ledger) == [("migrated", {"asset": "OLD", "into": "SOL", "amount": "1.5"})]


@pytest.mark.row("I08")
def test_matured_product_settles_to_spot_once(
    ledger: LedgerGateway, now: datetime, advance: Callable[..., datetime]
) -> None:
    ana = make_account("ana")
    early = {**LOCKED, "redeemable": True, "external_id": "early"}
    unlocks = (now + timedelta(days=1)).isoformat()
    hold(ana, holdings=[{**LOCKED, "unlocks": unlocks, "external_id": "e-1"}, {**early, "unlocks": unlocks}])
    assert held(ledger, ana.pk, now) == {}
    later = advance(days=2)
    assert [held(ledger, ana.pk, later) for _twice in range(2)] == [{"ETH": "0.75"}] * 2
    assert held(ledger, ana.pk, later, Area.EARN_LOCKED) == {"ETH": "0.75"}
    assert told(ledger) == [("matured", {"asset": "ETH", "amount": "0.75"})]


@pytest.mark.row("I09")
def test_orders_stay_open_but_for_those_of_a_market_that_ends(ledger: LedgerGateway, now: datetime) -> None:
    ana = make_account("ana")
    order = {"area": "orders", "kind": "limit", "side": "buy", "amount": "1", "price": "2"}
    hold(ana, orders=[{**order, "symbol": symbol, "external_id": symbol} for symbol in ("OLD/USDT", "BTC/USDT")])
    delist(ana.pk, "OLD/USDT", now=now)
    left = ledger.snapshot(ana.pk, now=now + timedelta(days=3000)).areas[Area.ORDERS]
    assert [item.symbol for item in left if isinstance(item, Order)] == ["BTC/USDT"]
    assert told(ledger) == [("order_gone", {"symbol": "OLD/USDT"})]
