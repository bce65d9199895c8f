"""What a request offers its owner while it stands as it does; guards and pages ask the same questions."""

from datetime import datetime

from closure.causes import standing_causes
from closure.enums import LIVE_STATES, ClosureState, HeldReason
from closure.models import ClosureRequest
from closure.policy import loader
from closure.policy.schema import CancelBy, ExportUntil, StatusShows

R = HeldReason
# Held for one of these it is not the owner's doing that nothing moves: they may always leave the queue (A19).
ALWAYS = frozenset({R.DEPOSIT, R.BLOCKER, R.UNREACHABLE})

READABLE = frozenset({StatusShows.BALANCES, StatusShows.HISTORY})
WAITING_STATES = LIVE_STATES - {ClosureState.FINALIZING}


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


def clear_deposit(request: ClosureRequest) -> bool:
    """Tell whether the owner may send back what arrived late: held for a deposit, and nothing of law or risk (A19)."""
    if request.state != ClosureState.HELD:
        return False
    causes = standing_causes(request)
    return R.DEPOSIT in causes and not causes & {R.LEGAL, R.RESTRICTION}


def readable(request: ClosureRequest) -> frozenset[StatusShows]:
    """Return what of the frozen account its owner may look at, by the pinned policy, until sealing (E02)."""
    shown = loader.from_pinned(request.policy).waiting.status_shows & READABLE
    return shown if dispute(request) else frozenset()


def export_until(request: ClosureRequest, *, now: datetime) -> datetime | None:
    """Return until when the records can be taken along: while it waits and the pinned policy says so (B11, E02)."""
    waiting = loader.from_pinned(request.policy).waiting
    offered = StatusShows.EXPORT in waiting.status_shows and waiting.export_until is ExportUntil.WAIT_ENDS
    if not offered or request.state not in WAITING_STATES or request.finalizes_after is None:
        return None
    return request.finalizes_after if now < request.finalizes_after else None
