"""Deposits are credited and told, until deposits are locked."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest

from closure.enums import Area
from closure.exchange.amounts import BadAmount
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.telling import events_since
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


@pytest.mark.row("F08")
@pytest.mark.django_db
def test_deposit_behind_the_lock_is_told_and_never_credited(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    account = hold()
    ledger.lock_deposits(account, key="l")
    late = deposit(account, "BTC", "1", now=now)
    assert (late.kind, late.data) == ("late_deposit", {"asset": "BTC", "amount": "1", "area": "spot"})
    assert (held(ledger, account, now), list(ledger.transactions(account))) == ({}, [])
    assert ledger.events_since("", limit=9) == (late,)
    ledger.unlock_deposits(account, key="u")
    assert deposit(account, "BTC", "2", now=now).kind == "deposit"
    assert held(ledger, account, now) == {"BTC": "2"}


@pytest.mark.row("F08")
@pytest.mark.django_db
def test_deposit_after_the_end_is_told_and_never_credited(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    account = hold()
    ledger.lock_deposits(account, key="l")
    ledger.close(account, key="c")
    assert [deposit(account, "BTC", "1", now=now).kind for _time in range(2)] == ["late_deposit"] * 2
    assert held(ledger, account, now) == {}
    told = ledger.events_since("", limit=9)
    assert len({event.event_id for event in told}) == len(told) == 2


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
