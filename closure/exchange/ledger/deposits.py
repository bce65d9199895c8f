"""Money that arrives from outside, and the events by which the portal hears of it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F

from closure.enums import Area, CoreEventKind, TransactionKind
from closure.exchange import amounts
from closure.exchange.contract import CoreEvent
from closure.exchange.errors import Refused
from closure.exchange.ledger.books import credit, lock
from closure.exchange.ledger.models import LedgerCounter, LedgerEvent, LedgerTransaction
from closure.exchange.ledger.prices import value_of


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
            return _tell(account_id, CoreEventKind.LATE_DEPOSIT, told, now=now)
        value = value_of(asset, received)
        credit(account_id, area=area, asset=asset, amount=received, text=amount, value=value)
        _book(account_id, asset, amount, reference, value, now)
        return _tell(account_id, CoreEventKind.DEPOSIT, told, now=now)


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


def _tell(account_id: UUID, kind: CoreEventKind, data: dict[str, str], *, now: datetime) -> CoreEvent:
    # The counter's row stays locked to the commit: positions become visible in their order.
    LedgerCounter.objects.bulk_create([LedgerCounter(name="events")], ignore_conflicts=True)
    LedgerCounter.objects.filter(name="events").update(last=F("last") + 1)
    position = LedgerCounter.objects.values_list("last", flat=True).get(name="events")
    row = LedgerEvent.objects.create(account_id=account_id, position=position, at=now, kind=kind, data=data)
    return _event(row)


def events_since(cursor: str, *, limit: int) -> tuple[CoreEvent, ...]:
    """Return up to `limit` events after a cursor, in order; an empty cursor starts at the first."""
    if cursor and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise Refused("bad_cursor")
    found = LedgerEvent.objects.filter(position__gt=int(cursor or 0)).order_by("position")
    return tuple(_event(row) for row in found[:limit])


def _event(row: LedgerEvent) -> CoreEvent:
    return CoreEvent(
        event_id=str(row.pk),
        cursor=str(row.position),
        at=row.at,
        account_id=row.account_id,
        kind=str(row.kind),
        data=row.data,
    )
