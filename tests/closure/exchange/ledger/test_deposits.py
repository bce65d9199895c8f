"""Deposits are credited and told, until deposits are locked."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest

from closure.enums import Area
from closure.exchange.amounts import BadAmount
from closure.exchange.errors import Refused
from closure.exchange.ledger.deposits import deposit, events_since
from closure.exchange.ledger.gateway import LedgerGateway
from tests.closure.exchange.contract import held, spot

Hold = Callable[..., UUID]


@pytest.mark.django_db
def test_deposit_is_credited_booked_and_told(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    account = hold(holdings=[spot("BTC", "0.10", "6250")])
    event = deposit(account, "BTC", "0.000000000000000001", now=now, reference="t-1")
    assert held(ledger, account, now) == {"BTC": "0.100000000000000001"}
    assert [(entry.kind, entry.text, entry.reference) for entry in ledger.transactions(account)] == [
        ("deposit", "0.000000000000000001", "t-1")
    ]
    assert (event.account_id, event.kind, event.at) == (account, "deposit", now)
    assert event.data == {"asset": "BTC", "amount": "0.000000000000000001", "area": "spot"}


@pytest.mark.django_db
def test_deposit_without_price_makes_the_balance_unpriced(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    account = hold(holdings=[spot("XYZ", "1", "0.10")])
    deposit(account, "XYZ", "1", now=now)
    values = [getattr(item, "value_usdt", "") for item in ledger.snapshot(account, now=now).areas[Area.SPOT]]
    assert values == [None]


@pytest.mark.django_db
def test_deposit_is_refused_when_locked(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    account = hold()
    ledger.lock_deposits(account, key="l")
    with pytest.raises(Refused, match=r"^deposits_locked$"):
        deposit(account, "BTC", "1", now=now)
    assert (held(ledger, account, now), ledger.events_since("", limit=9)) == ({}, ())
    ledger.unlock_deposits(account, key="u")
    deposit(account, "BTC", "1", now=now)
    assert held(ledger, account, now) == {"BTC": "1"}


@pytest.mark.django_db
def test_deposit_is_refused_when_closed(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    account = hold()
    ledger.lock_deposits(account, key="l")
    ledger.close(account, key="c")
    with pytest.raises(Refused, match=r"^deposits_locked$"):
        deposit(account, "BTC", "1", now=now)


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1e-19", ""])
def test_deposit_of_no_amount(amount: str, hold: Hold, now: datetime) -> None:
    with pytest.raises(BadAmount):
        deposit(hold(), "BTC", amount, now=now)


@pytest.mark.django_db
def test_transfer_on_its_way_waits_while_deposits_are_locked(
    ledger: LedgerGateway, hold: Hold, now: datetime, advance: Callable[..., datetime]
) -> None:
    coming = {"direction": "in", "kind": "bank", "asset": "EUR", "amount": "100", "settles": now.isoformat()}
    account = hold(transfers=[coming])
    ledger.lock_deposits(account, key="l")
    assert [getattr(item, "text", "") for item in ledger.snapshot(account, now=now).areas[Area.TRANSFERS]] == ["100"]
    ledger.unlock_deposits(account, key="u")
    after = ledger.snapshot(account, now=advance(minutes=1)).areas
    assert (after[Area.TRANSFERS], [getattr(item, "text", "") for item in after[Area.FIAT]]) == ((), ["100"])


@pytest.mark.django_db
def test_events_come_in_order_after_the_cursor(hold: Hold, now: datetime) -> None:
    told = [deposit(hold(), "BTC", amount, now=now) for amount in ("1", "2", "3")]
    first = events_since("", limit=2)
    assert (first, events_since(first[-1].cursor, limit=2)) == (tuple(told[:2]), (told[2],))
