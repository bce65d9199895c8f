"""How much of its time a review has used, by the dates that its pinned policy gave it (L06)."""

from datetime import datetime

from django.db.models import Q, QuerySet

from closure import queries
from closure.enums import Age, ClosureState
from closure.models import ClosureRequest

HALF, LAST_QUARTER = 0.5, 0.75
HELD, LATE = "held", "late"
BREACHES = frozenset({Age.OVERDUE.value, LATE})


def age(request: ClosureRequest, now: datetime) -> Age | None:
    """Return in which part of its time a review is; None for what does not wait for a decision.

    The time is from submission to `finalizes_before`: the policy's `due`, and more under a brake.
    """
    begun, due = request.submitted_at, request.finalizes_before
    if request.state != ClosureState.IN_REVIEW or begun is None or due is None:
        return None
    return part_of(begun, due, now)


def part_of(begun: datetime, due: datetime, now: datetime) -> Age:
    """Return in which part of the time between two moments now is."""
    if now >= due:
        return Age.OVERDUE
    gone = (now - begun) / (due - begun)
    if gone >= LAST_QUARTER:
        return Age.LAST_QUARTER
    return Age.HALF if gone >= HALF else Age.FRESH


def to_report(now: datetime) -> QuerySet[ClosureRequest]:
    """Return what waits for a person, and whatever else is past its time, first due first."""
    waits = Q(state__in=[ClosureState.IN_REVIEW, ClosureState.HELD])
    return queries.live().filter(waits | Q(finalizes_before__lte=now)).order_by("finalizes_before", "id")


def word(request: ClosureRequest, now: datetime) -> str:
    """Return the code of how one of these stands; those of BREACHES break what its policy promised.

    What is held is no breach: something outside stops it, and its owner is told. A wait that is over, or a closing that
    goes on after its time, is one like a review.
    """
    found = age(request, now)
    if found is not None:
        return found.value
    return HELD if request.state == ClosureState.HELD else LATE
