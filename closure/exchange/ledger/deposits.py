"""Money that arrives from outside."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from closure.enums import Area, CoreEventKind, TransactionKind
from closure.exchange import amounts
from closure.exchange.contract import CoreEvent
from closure.exchange.ledger.books import credit, lock
from closure.exchange.ledger.models import LedgerTransaction
from closure.exchange.ledger.prices import value_of
from closure.exchange.ledger.telling import tell


def deposit(
    account_id: UUID, asset: str, amount: str, *, now: datetime, area: Area = Area.SPOT, reference: str = ""
) -> CoreEvent:
    """Credit a deposit and return the event that tells it; raises BadAmount (F08).

    Behind the lock, and after the end, nothing is credited: the event tells a late deposit, which we owe to somebody.
    """
    received = amounts.read(amount)
    told = {"asset": asset, "amount": amount, "area": area.value}
    with transaction.atomic():
        state = lock(account_id)
        if state.deposits_locked or state.closed:
            return tell(account_id, CoreEventKind.LATE_DEPOSIT, told, now=now)
        value = value_of(asset, received)
        credit(account_id, area=area, asset=asset, amount=received, text=amount, value=value)
        _book(account_id, asset, amount, reference, value, now)
        return tell(account_id, CoreEventKind.DEPOSIT, told, now=now)


def _book(account_id: UUID, asset: str, amount: str, reference: str, value: Decimal | None, now: datetime) -> None:
    LedgerTransaction.objects.create(
        account_id=account_id,
        time=now,
        kind=TransactionKind.DEPOSIT,
        asset=asset,
        amount=amount,
        reference=reference,
        value_usdt=None if value is None else amounts.plain(value),
    )
