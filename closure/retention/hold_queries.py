"""Which legal holds stand, how each of them stands, and which wait too long for a second person."""

from datetime import datetime

from django.db.models import Case, QuerySet, Value, When

from accounts.placing import CONFIRM_WITHIN
from closure.retention.enums import HoldState
from closure.retention.models import LegalHold


def standing() -> QuerySet[LegalHold]:
    """Return the holds that stand: placed, confirmed or not, and not lifted by two."""
    return LegalHold.objects.filter(lifted_at=None)


def of_accounts() -> QuerySet[LegalHold]:
    """Return the standing holds of whole accounts: they stop closing too (H05)."""
    return standing().filter(record_id=None)


def unconfirmed() -> QuerySet[LegalHold]:
    """Return the holds that wait for a second person, in time or late, longest first."""
    return standing().filter(confirmed_at=None).order_by("placed_at", "id")


def lifts_waiting() -> QuerySet[LegalHold]:
    """Return the holds that one person proposed to lift, longest waiting first."""
    return standing().filter(lift_proposed_at__isnull=False).order_by("lift_proposed_at", "id")


def reviews_due(now: datetime) -> QuerySet[LegalHold]:
    """Return the holds whose day of review has come, longest ago first."""
    return standing().filter(review_on__lte=now.date()).order_by("review_on", "id")


def overdue(now: datetime) -> QuerySet[LegalHold]:
    """Return the holds that nobody confirmed in time, oldest first; they stand all the same."""
    late = standing().filter(confirmed_at=None, placed_at__lte=now - CONFIRM_WITHIN)
    return late.order_by("placed_at", "id")


def state_of(hold: LegalHold, now: datetime) -> HoldState:
    """Return how a hold stands."""
    if hold.lifted_at is not None:
        return HoldState.LIFTED
    if hold.lift_proposed_at is not None:
        return HoldState.LIFT_PROPOSED
    if hold.confirmed_at is not None:
        return HoldState.CONFIRMED
    return HoldState.OVERDUE if hold.placed_at <= now - CONFIRM_WITHIN else HoldState.PLACED


def by_urgency(now: datetime, found: QuerySet[LegalHold]) -> QuerySet[LegalHold]:
    """Return holds in the order of the day's work: overdue, waiting for a second person, standing, lifted."""
    urgency = Case(
        When(lifted_at__isnull=False, then=Value(3)),
        When(lift_proposed_at__isnull=False, then=Value(1)),
        When(confirmed_at__isnull=False, then=Value(2)),
        When(placed_at__lte=now - CONFIRM_WITHIN, then=Value(0)),
        default=Value(1),
    )
    return found.annotate(urgency=urgency).order_by("urgency", "placed_at", "id")
