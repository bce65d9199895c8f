"""How long a reactivation has waited for staff, of the time in which its owner may expect an answer."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from closure.ageing import part_of
from closure.enums import Age, ReactivationState
from closure.models import Reactivation

# The published procedures say "several days"; a queue needs a number.
ANSWER_WITHIN = timedelta(days=3)


def due(reactivation: Reactivation) -> datetime | None:
    """Return when its owner may expect an answer at the latest; None for what does not wait for staff."""
    begun = reactivation.submitted_at
    if reactivation.state != ReactivationState.SUBMITTED or begun is None:
        return None
    return begun + ANSWER_WITHIN


def age(reactivation: Reactivation, now: datetime) -> Age | None:
    """Return in which part of its time it is; None for what does not wait for staff."""
    begun, until = reactivation.submitted_at, due(reactivation)
    return None if begun is None or until is None else part_of(begun, until, now)


def to_review() -> QuerySet[Reactivation]:
    """Return what waits for staff, who waits longest first."""
    return Reactivation.objects.filter(state=ReactivationState.SUBMITTED).order_by("submitted_at", "id")


def due_by(at: datetime) -> QuerySet[Reactivation]:
    """Return what waits for staff and has to be answered until then."""
    return to_review().filter(submitted_at__lte=at - ANSWER_WITHIN)


def overdue(now: datetime) -> QuerySet[Reactivation]:
    """Return what nobody answered in time."""
    return due_by(now)
