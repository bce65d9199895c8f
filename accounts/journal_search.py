"""Events as staff look for them; every answer begins at an index, so it costs the same however long the journal is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts import sealing
from accounts.models import Event

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody looks for: all that is given has to fit. Days are in UTC, the last one whole."""

    account_id: UUID | None = None
    actors: tuple[str, ...] = ()
    action: str = ""
    first: date | None = None
    last: date | None = None
    waiting: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return what was asked as codes and opaque ids, for journal and export."""
        told: dict[str, Any] = {
            "account": str(self.account_id) if self.account_id else "",
            "actors": list(self.actors),
            "action": self.action,
            "first": self.first.isoformat() if self.first else "",
            "last": self.last.isoformat() if self.last else "",
            "waiting": self.waiting,
        }
        return {name: value for name, value in told.items() if value}


def events(asked: Asked) -> QuerySet[Event]:
    """Return what was asked for: newest first by keys, and where days are given, by the times that events tell."""
    found = sealing.waiting_lately() if asked.waiting else Event.objects.all()
    if asked.account_id is not None:
        found = found.filter(account_id=asked.account_id)
    if asked.actors:
        found = found.filter(actor__in=asked.actors)
    if asked.action:
        found = found.filter(action=asked.action)
    if asked.first is not None:
        found = found.filter(at__gte=_midnight(asked.first))
    if asked.last is not None:
        found = found.filter(at__lt=_midnight(asked.last) + DAY)
    # What was brought in from elsewhere tells of times before its keys.
    by_days = asked.first is not None or asked.last is not None
    return found.order_by("-at", "-id") if by_days else found.order_by("-id")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
