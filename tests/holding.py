"""Legal holds for tests: Olga and Omar are of compliance."""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from accounts.actors import Actor
from accounts.enums import ActorKind, Role
from accounts.ids import uuid7
from closure.retention import holds
from closure.retention.enums import RecordClass
from closure.retention.models import ArchiveRecord, LegalHold, PurgeMonth
from closure.retention.schedule import anniversary

CASE, BASIS, REASON = "Order 12/2026", "Court of Exampletown", "They sent an order by registered mail."


@cache
def officer(name: str) -> Actor:
    """Return a person of compliance; the same name is the same person."""
    return Actor(kind=ActorKind.STAFF, account_id=uuid7(), roles=frozenset({Role.COMPLIANCE}))


def place(account_id: UUID, *, now: datetime, by: str = "olga", **facts: Any) -> LegalHold:
    """Place a hold by the operation."""
    order = {"case_number": CASE, "basis": BASIS, "review_on": review_day(now), "reason": REASON, **facts}
    return holds.place(account_id, now=now, **{"actor": officer(by), **order})


def review_day(now: datetime) -> date:
    """Return a day on which a hold is looked at again."""
    return (now + timedelta(days=90)).date()


def lift(hold: LegalHold, *, now: datetime) -> LegalHold:
    """Lift a hold by two people."""
    holds.propose_lift(hold.pk, reason="It is over.", actor=officer("olga"), now=now)
    return holds.lift(hold.pk, reason="So it is.", actor=officer("omar"), now=now)


def sealed_record(account_id: UUID, *, now: datetime, month: str = "2033-01") -> ArchiveRecord:
    """Make the row of a sealed record, whose contents nobody opens, with its month."""
    PurgeMonth.objects.get_or_create(month=month)
    return ArchiveRecord.objects.create(
        account_id=account_id,
        file_id=uuid7(),
        record_class=RecordClass.IDENTITY,
        key_month=month,
        key_generation=1,
        wrapped_key=b"k",
        box=b"b",
        sealed_at=now,
        expires_at=anniversary(now, 5),
        years=5,
    )
