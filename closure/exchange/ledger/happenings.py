"""What an exchange does to holdings and orders by itself: tokens that migrate, markets that end (I07, I09)."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from closure.enums import Area, CoreNewsKind
from closure.exchange import amounts
from closure.exchange.ledger.books import credit, lock, rows
from closure.exchange.ledger.models import LedgerHolding, LedgerOrder
from closure.exchange.ledger.prices import value_of
from closure.exchange.ledger.telling import tell


def migrate(account_id: UUID, asset: str, *, into: str, each: Decimal, now: datetime) -> None:
    """Turn what the spot wallet has of a token into another, `each` of it for one, and tell that."""
    with transaction.atomic():
        lock(account_id)
        for row in rows(LedgerHolding, account_id).filter(area=Area.SPOT, asset=asset).order_by("id"):
            amount = amounts.multiply(amounts.read(row.amount), each)
            text, value = amounts.plain(amount), value_of(into, amount)
            row.delete()
            credit(account_id, area=Area.SPOT, asset=into, amount=amount, text=text, value=value)
            tell(account_id, CoreNewsKind.MIGRATED, {"asset": asset, "into": into, "amount": text}, now=now)


def delist(account_id: UUID, symbol: str, *, now: datetime) -> None:
    """Cancel the orders of an account in a market that ends, and tell each; orders in other markets stay open."""
    with transaction.atomic():
        lock(account_id)
        for row in rows(LedgerOrder, account_id).filter(symbol=symbol).order_by("id"):
            row.delete()
            tell(account_id, CoreNewsKind.ORDER_GONE, {"symbol": symbol}, now=now)
