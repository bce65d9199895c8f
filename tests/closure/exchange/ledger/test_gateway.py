"""The embedded core keeps the contract of every gateway."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from closure.enums import Area
from closure.exchange.contract import Gateway
from closure.exchange.errors import Nonsense, Unreachable
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerHolding, LedgerTransaction
from tests.closure.exchange.contract import GatewayContract, spot
from tests.closure.exchange.contract_withdrawals import WithdrawalsContract

Hold = Callable[..., UUID]


class TestLedger(GatewayContract, WithdrawalsContract):
    @pytest.fixture
    def gateway(self, ledger: LedgerGateway) -> Gateway:
        return ledger


@pytest.mark.django_db
@pytest.mark.parametrize("broken", ["NaN", "-1", "12x", "1e-30", ""])
def test_snapshot_leaves_out_an_area_that_makes_no_sense(
    broken: str, ledger: LedgerGateway, hold: Hold, now: datetime
) -> None:
    account = hold(holdings=[spot("BTC", "1"), {"area": "funding", "asset": "ETH", "amount": "1"}])
    LedgerHolding.objects.filter(account_id=account, asset="BTC").update(amount=broken)
    areas = ledger.snapshot(account, now=now).areas
    assert (Area.SPOT in areas, [item.text for item in areas[Area.FUNDING]]) == (False, ["1"])  # type: ignore[union-attr]


@pytest.mark.django_db
def test_snapshot_cannot_tell_withdrawals_that_make_no_sense(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    account = hold()
    LedgerTransaction.objects.create(account_id=account, time=now, kind="withdrawal", asset="BTC", amount="much")
    assert ledger.snapshot(account, now=now).withdrawals is None


@pytest.mark.django_db
def test_write_on_a_row_that_makes_no_sense_is_nonsense(ledger: LedgerGateway, hold: Hold) -> None:
    account = hold(holdings=[spot("XYZ", "3", "0.9")])
    LedgerHolding.objects.filter(account_id=account).update(amount="much")
    with pytest.raises(Nonsense):
        ledger.quote_dust(account, to_asset="USDT")


@pytest.mark.django_db(transaction=True)
def test_database_that_is_gone_is_unreachable(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    account = hold()
    with connection.schema_editor() as editor:
        editor.alter_db_table(LedgerHolding, "closure_ledgerholding", "closure_gone")
    try:
        with pytest.raises(Unreachable):
            ledger.snapshot(account, now=now)
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(LedgerHolding, "closure_gone", "closure_ledgerholding")


@pytest.mark.django_db
def test_transactions_stream_across_chunks(
    ledger: LedgerGateway, hold: Hold, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("closure.exchange.ledger.snapshot.CHUNK", 3)
    account = hold()
    LedgerTransaction.objects.bulk_create(
        # Seven at one moment and two after it: chunks end inside of a moment too.
        LedgerTransaction(account_id=account, time=time, kind="trade", asset="BTC", amount=str(number))
        for time, numbers in ((now, range(7)), (now + timedelta(days=365), range(7, 9)))
        for number in numbers
    )
    assert [entry.text for entry in ledger.transactions(account)] == [str(number) for number in range(9)]
