"""Negative balances at the embedded core: whatever is credited in an asset settles first what is owed in it (K01)."""

from decimal import Decimal
from uuid import UUID

from accounts.ids import shard_of
from closure.exchange import amounts
from closure.exchange.contract import Debt
from closure.exchange.ledger.models import LedgerDebt


def pay(account_id: UUID, asset: str, amount: Decimal) -> Decimal:
    """Settle what is owed in an asset as far as an amount goes; returns what is left of it. The state is locked."""
    debt = LedgerDebt.objects.filter(shard=shard_of(account_id), account_id=account_id, asset=asset).first()
    if debt is None:
        return amount
    owed = amounts.read(debt.amount)
    paid = min(owed, amount)
    if paid:
        debt.amount = amounts.plain(amounts.subtract(owed, paid))
        debt.save(update_fields=["amount"])
    return amounts.subtract(amount, paid)


def owed(account_id: UUID) -> tuple[Debt, ...] | None:
    """Return what is owed in each asset, none where all is settled; None where nothing ever was, or a row is no amount.

    Nobody can say then what a negative balance that is reported elsewhere is made of.
    """
    found = LedgerDebt.objects.filter(shard=shard_of(account_id), account_id=account_id).order_by("asset")
    try:
        debts = [(row, amounts.read(row.amount)) for row in found]
    except ValueError:
        return None
    if not debts:
        return None
    return tuple(
        Debt(asset=row.asset, amount=amount, text=row.amount, network=row.network, address=row.address)
        for row, amount in debts
        if amount
    )
