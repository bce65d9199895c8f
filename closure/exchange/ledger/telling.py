"""What happens by itself at the embedded core is told as events, in the order of commits."""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from closure.exchange.contract import CoreEvent
from closure.exchange.errors import Refused
from closure.exchange.ledger.models import LedgerCounter, LedgerEvent


def tell(account_id: UUID, kind: str, data: dict[str, str], *, now: datetime) -> CoreEvent:
    """Write one event, in the transaction of what it tells."""
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
