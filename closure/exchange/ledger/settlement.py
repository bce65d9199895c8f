"""What comes due by itself at the embedded core: unstaked balances, matured products, transfers that have arrived."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from closure.enums import Area, CoreNewsKind, Direction, TransactionKind, TransferKind
from closure.exchange import amounts
from closure.exchange.ledger.books import credit, lock, move_to_spot, rows
from closure.exchange.ledger.models import LedgerHolding, LedgerTransaction, LedgerTransfer
from closure.exchange.ledger.prices import FIAT, value_of
from closure.exchange.ledger.telling import tell

# What can be redeemed early stays until its owner does; what cannot goes to spot at its maturity.
_COMES_FREE = Q(unbonding=True) | Q(area=Area.EARN_LOCKED, redeemable=False)


def settle(account_id: UUID, *, now: datetime) -> None:
    """Carry out what is due: unbonding and matured balances go to spot (I08), transfers become withdrawals and credits.

    A transfer to an account whose deposits are locked stays on its way.
    """
    if not _is_due(account_id, now):
        return
    with transaction.atomic():
        state = lock(account_id)
        for holding in rows(LedgerHolding, account_id).filter(_COMES_FREE, unlocks__lte=now).order_by("id"):
            if not holding.unbonding:
                told = {"asset": holding.asset, "amount": holding.amount}
                tell(account_id, CoreNewsKind.MATURED, told, now=holding.unlocks or now)
            move_to_spot(holding)
        for transfer in rows(LedgerTransfer, account_id).filter(settles__lte=now).order_by("id"):
            if transfer.direction == Direction.OUT:
                _arrived_outside(transfer, now)
            elif not (state.deposits_locked or state.closed):
                _arrived_here(transfer, now)


def _is_due(account_id: UUID, now: datetime) -> bool:
    return (
        rows(LedgerHolding, account_id).filter(_COMES_FREE, unlocks__lte=now).exists()
        or rows(LedgerTransfer, account_id).filter(settles__lte=now).exists()
    )


def _arrived_outside(transfer: LedgerTransfer, now: datetime) -> None:
    _book(transfer, TransactionKind.WITHDRAWAL, now)
    transfer.delete()


def _arrived_here(transfer: LedgerTransfer, now: datetime) -> None:
    amount = amounts.read(transfer.amount)
    credit(
        transfer.account_id,
        area=Area.FIAT if transfer.asset in FIAT and transfer.kind != TransferKind.CRYPTO else Area.SPOT,
        asset=transfer.asset,
        amount=amount,
        text=transfer.amount,
        value=value_of(transfer.asset, amount),
    )
    _book(transfer, TransactionKind.DEPOSIT, now)
    transfer.delete()


def _book(transfer: LedgerTransfer, kind: TransactionKind, now: datetime) -> None:
    value = value_of(transfer.asset, amounts.read(transfer.amount))
    LedgerTransaction.objects.create(
        account_id=transfer.account_id,
        time=transfer.settles or now,
        kind=kind,
        asset=transfer.asset,
        amount=transfer.amount,
        fee=transfer.fee,
        reference=str(transfer.pk),
        value_usdt=None if value is None else amounts.plain(value),
    )
