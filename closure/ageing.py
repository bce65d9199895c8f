"""How much of its time a review has used, by the dates that its pinned policy gave it (L06)."""

from datetime import datetime

from closure.enums import Age, ClosureState
from closure.models import ClosureRequest

HALF, LAST_QUARTER = 0.5, 0.75


def age(request: ClosureRequest, now: datetime) -> Age | None:
    """Return in which part of its time a review is; None for what does not wait for a decision.

    The time is from submission to `finalizes_before`: the policy's `due`, and more under a brake.
    """
    begun, due = request.submitted_at, request.finalizes_before
    if request.state != ClosureState.IN_REVIEW or begun is None or due is None:
        return None
    if now >= due:
        return Age.OVERDUE
    gone = (now - begun) / (due - begun)
    if gone >= LAST_QUARTER:
        return Age.LAST_QUARTER
    return Age.HALF if gone >= HALF else Age.FRESH
