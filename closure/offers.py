"""What a request offers its owner while it stands as it does; guards and pages ask the same questions."""

from closure.causes import standing_causes
from closure.enums import LIVE_STATES, ClosureState, HeldReason
from closure.models import ClosureRequest
from closure.policy import loader
from closure.policy.schema import CancelBy

R = HeldReason
# Held for one of these it is not the owner's doing that nothing moves: they may always leave the queue (A19).
ALWAYS = frozenset({R.DEPOSIT, R.BLOCKER, R.UNREACHABLE})


def dispute(request: ClosureRequest) -> bool:
    """Tell whether "I did not ask for this" still stops it: until sealing."""
    return request.state in LIVE_STATES and request.sealed_at is None


def cancel(request: ClosureRequest) -> bool:
    """Tell whether the owner may cancel: where the pinned policy says so, and always while held for ALWAYS."""
    if not dispute(request):
        return False
    if CancelBy.CUSTOMER in loader.from_pinned(request.policy).cancelling.by:
        return True
    causes = standing_causes(request) if request.state == ClosureState.HELD else set[HeldReason]()
    return bool(causes & ALWAYS) and not causes & {R.LEGAL, R.RESTRICTION}


def answer(request: ClosureRequest) -> bool:
    """Tell whether we asked something and wait for the answer."""
    return request.state == ClosureState.HELD and R.QUESTION.value in request.held_reasons
