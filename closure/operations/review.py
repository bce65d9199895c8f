"""Decisions of staff. Each names the version it was made on, gives a reason, and is refused when that version is old.

Where four eyes are due "approve" means propose until somebody has; then a second person, a lead, approves. A check that
changed since the proposal drops it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.actors import Actor
from closure.enums import ClosureAction, ClosureState, Moment
from closure.exceptions import ReasonRequired, StaleDecision, UnknownRequest
from closure.lifecycle import apply, find
from closure.models import CheckRun, ClosureRequest
from closure.operations.check import check_request
from closure.permissions import check_decide, check_second_person
from closure.preflight.runner import load_check

Finding = tuple[str, str, tuple[tuple[str, str], ...]]


def propose(
    request_id: UUID,
    *,
    actor: Actor,
    reason: str,
    case: str | None = None,
    template: str | None = None,
    seen_version: int | None,
    now: datetime,
) -> ClosureRequest:
    """Propose approval where two people decide; the account is checked again. Raises as `approve`."""
    return _decide_checked(
        request_id,
        ClosureAction.PROPOSE,
        actor=actor,
        reason=reason,
        now=now,
        case=case,
        template=template,
        seen_version=seen_version,
    )


def approve(
    request_id: UUID,
    *,
    actor: Actor,
    reason: str,
    case: str | None = None,
    template: str | None = None,
    seen_version: int | None,
    now: datetime,
) -> ClosureRequest:
    """Approve after a fresh check, or propose where two people decide and nobody has yet (L06).

    Raises StaleDecision, ReasonRequired, NotAllowed, SecondPersonRequired, BlockedBy, TransitionRefused.
    """
    return _decide_checked(
        request_id,
        ClosureAction.APPROVE,
        actor=actor,
        reason=reason,
        now=now,
        case=case,
        template=template,
        seen_version=seen_version,
    )


def reject(
    request_id: UUID,
    *,
    actor: Actor,
    reason: str,
    case: str | None = None,
    template: str | None = None,
    seen_version: int | None,
    now: datetime,
) -> ClosureRequest:
    """Refuse the closure and release the account; `template` is the code of the words that the customer gets (A17)."""
    look(request_id, ClosureAction.REJECT, actor=actor, reason=reason, seen_version=seen_version)
    return apply(
        request_id,
        ClosureAction.REJECT,
        actor=actor,
        reason=reason,
        now=now,
        case=case,
        template=template,
        seen_version=seen_version,
    )


def ask(
    request_id: UUID,
    *,
    actor: Actor,
    reason: str,
    case: str | None = None,
    template: str | None = None,
    seen_version: int | None,
    now: datetime,
) -> ClosureRequest:
    """Ask the customer something; the review waits for the answer, 14 days at most."""
    look(request_id, ClosureAction.ASK, actor=actor, reason=reason, seen_version=seen_version)
    return apply(
        request_id,
        ClosureAction.ASK,
        actor=actor,
        reason=reason,
        now=now,
        case=case,
        template=template,
        seen_version=seen_version,
    )


def cancel_by_staff(
    request_id: UUID,
    *,
    actor: Actor,
    reason: str,
    case: str | None = None,
    template: str | None = None,
    seen_version: int | None,
    now: datetime,
) -> ClosureRequest:
    """Cancel for a customer who asked in an open case, with the reason; the account is released (L01)."""
    look(request_id, ClosureAction.CANCEL, actor=actor, reason=reason, seen_version=seen_version)
    return apply(
        request_id,
        ClosureAction.CANCEL,
        actor=actor,
        reason=reason,
        now=now,
        case=case,
        template=template,
        seen_version=seen_version,
    )


def look(
    request_id: UUID, action: ClosureAction, *, actor: Actor, reason: str, seen_version: int | None
) -> ClosureRequest:
    """Return the request as it is decided about; raises NotAllowed, then StaleDecision, then ReasonRequired."""
    request = ClosureRequest.objects.select_related("account").filter(pk=request_id).first()
    if request is None:
        raise UnknownRequest
    check_decide(actor, request)
    if request.version != seen_version:
        raise StaleDecision
    find(ClosureState(request.state), action)
    if not reason.strip():
        raise ReasonRequired
    return request


def _decide_checked(
    request_id: UUID, action: ClosureAction, *, actor: Actor, reason: str, now: datetime, **seen: Any
) -> ClosureRequest:
    """Look, ask the core outside of any transaction, then move; the lifecycle compares the version again."""
    request = look(request_id, action, actor=actor, reason=reason, seen_version=seen["seen_version"])
    is_second = request.four_eyes_due and request.proposed_by is not None
    if is_second and action is ClosureAction.APPROVE:
        check_second_person(actor, request)
    run = check_request(request, Moment.APPROVE, now=now)
    changed = is_second and _changed_since_proposal(request, run)
    if request.four_eyes_due and (request.proposed_by is None or changed):
        action = ClosureAction.PROPOSE
    facts = {**seen, "run": run, "check": load_check(run), "check_changed": changed}
    return apply(request_id, action, actor=actor, reason=reason, now=now, **facts)


def _changed_since_proposal(request: ClosureRequest, run: CheckRun) -> bool:
    """Tell whether the account looks different from what the proposer saw."""
    runs = CheckRun.objects.filter(request=request, moment=Moment.APPROVE, created_at__lte=request.proposed_at)
    proposed = runs.exclude(pk=run.pk).order_by("-created_at", "-id").first()
    return proposed is None or findings(proposed) != findings(run)


def findings(run: CheckRun) -> list[Finding]:
    """Return what a check found, comparable: codes, verdicts and amounts without their prices of the day."""
    listed = [*run.result.get("blockers", ()), *run.result.get("warnings", ())]
    return sorted(
        (
            str(finding["code"]),
            str(finding.get("verdict", "")),
            tuple(sorted((str(entry["asset"]), str(entry["amount"])) for entry in finding["found"])),
        )
        for finding in listed
    )
