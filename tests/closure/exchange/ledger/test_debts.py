"""Negative balances at the embedded core: told, settled by what is credited in the asset, never forgotten (K01)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from closure.enums import Area
from closure.exchange.importing import holdings
from closure.exchange.importing.shape import read_record
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerDebt
from tests.closure.exchange.contract import held

Hold = Callable[..., UUID]
OWED = {"asset": "USDT", "amount": "12.50", "network": "TRX", "address": "T-deposit-1"}
pytestmark = [pytest.mark.django_db, pytest.mark.row("K01")]


def owed(ledger: LedgerGateway, account: UUID, now: datetime) -> dict[str, str] | None:
    found = ledger.snapshot(account, now=now).debts
    return None if found is None else {debt.asset: debt.text for debt in found}


def test_debt_is_told_with_where_it_is_paid(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    [debt] = ledger.snapshot(hold(debts=[OWED]), now=now).debts or ()
    assert (debt.asset, debt.amount, debt.text) == ("USDT", Decimal("12.50"), "12.50")
    assert (debt.network, debt.address) == ("TRX", "T-deposit-1")


def test_account_that_never_owed_anything_says_nothing_of_debts(
    ledger: LedgerGateway, hold: Hold, now: datetime
) -> None:
    assert owed(ledger, hold(), now) is None


@pytest.mark.parametrize(
    ("amount", "left", "balance"),
    [
        ("5", {"USDT": "7.50"}, {}),
        ("12.5", {}, {}),
        ("20", {}, {"USDT": "7.50"}),
    ],
)
def test_deposit_settles_what_is_owed_before_anything_is_credited(
    ledger: LedgerGateway, hold: Hold, now: datetime, amount: str, left: dict[str, str], balance: dict[str, str]
) -> None:
    account = hold(debts=[OWED, {"asset": "EUR", "amount": "1"}])
    deposit(account, "USDT", amount, now=now)
    assert owed(ledger, account, now) == {"EUR": "1", **left}
    assert held(ledger, account, now) == balance
    values = [getattr(item, "value_usdt", "") for item in ledger.snapshot(account, now=now).areas[Area.SPOT]]
    assert values == [Decimal(text) for text in balance.values()]
    deposit(account, "BTC", "1", now=now)
    assert owed(ledger, account, now) == {"EUR": "1", **left}


def test_transfer_that_arrives_settles_too(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    coming = {"direction": "in", "kind": "crypto", "asset": "USDT", "amount": "13"}
    settles = now + timedelta(hours=1)
    account = hold(debts=[OWED], transfers=[{**coming, "settles": settles.isoformat()}])
    assert owed(ledger, account, now) == {"USDT": "12.50"}
    assert (owed(ledger, account, settles), held(ledger, account, settles)) == ({}, {"USDT": "0.50"})


def test_debt_that_an_import_names_no_more_is_settled_and_stays_known(
    ledger: LedgerGateway, hold: Hold, now: datetime
) -> None:
    account = hold(debts=[OWED])
    for debts, left in (([{**OWED, "amount": "3"}], {"USDT": "3"}), ([], {})):
        record = read_record({"email": "ana@example.test", "debts": debts})
        holdings.replace(account, record, is_new=False)
        assert owed(ledger, account, now) == left


def test_debt_that_is_no_amount_is_unknown(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    account = hold(debts=[OWED])
    LedgerDebt.objects.update(amount="twelve")
    assert owed(ledger, account, now) is None
