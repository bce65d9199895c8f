"""Decisions of staff. Each names the version it was made on, gives a reason, and is refused when that version is old.

Where four eyes are due "approve" means propose until somebody has; then a second person, a lead, approves. A check that
changed since the proposal drops it.
"""

from datetime import datetime
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Actor
from closure import notes, queries
from closure.desk import check_free
from closure.enums import ClosureAction, ClosureState, Moment
from closure.exceptions import CheckChanged, ReasonRequired, StaleDecision, UnknownRequest
from closure.lifecycle import apply, find
from closure.models import CheckRun, ClosureRequest
from closure.operations.check import check_request
from closure.operations.desk import renew
from closure.permissions import check_decide, check_second_person
from closure.preflight.runner import load_check

Finding = tuple[str, str, tuple[tuple[str, str], ...]]


class Said(TypedDict):
    """What every decision is told: who, why, when, and what they looked at.

    `seen_check` is the key of the account check that was looked at: the decision is refused where it has changed.
    """

    actor: Actor
    reason: str
    seen_version: int | None
    now: datetime
    seen_check: NotRequired[UUID | None]
    case: NotRequired[str | None]
    template: NotRequired[str | None]


def propose(request_id: UUID, **said: Unpack[Said]) -> ClosureRequest:
    """Propose approval where two people decide; the account is checked again. Raises as `approve`."""
    return _decide_checked(request_id, ClosureAction.PROPOSE, **said)


def approve(request_id: UUID, **said: Unpack[Said]) -> ClosureRequest:
    """Approve after a fresh check, or propose where two people decide and nobody has yet (L06).

    Raises StaleDecision, CheckChanged, OnAnotherDesk, ReasonRequired, NotAllowed, SecondPersonRequired, BlockedBy,
    TransitionRefused.
    """
    return _decide_checked(request_id, ClosureAction.APPROVE, **said)


def reject(request_id: UUID, **said: Unpack[Said]) -> ClosureRequest:
    """Refuse the closure and release the account; `template` is the code of the words that the customer gets (A17)."""
    return _decide(request_id, ClosureAction.REJECT, **said)


def ask(request_id: UUID, **said: Unpack[Said]) -> ClosureRequest:
    """Ask the customer something; the review waits for the answer, 14 days at most."""
    return _decide(request_id, ClosureAction.ASK, **said)


def cancel_by_staff(request_id: UUID, **said: Unpack[Said]) -> ClosureRequest:
    """Cancel for a customer who asked in an open case, with the reason; the account is released (L01)."""
    return _decide(request_id, ClosureAction.CANCEL, **said)


def look(
    request_id: UUID,
    action: ClosureAction,
    *,
    actor: Actor,
    seen_version: int | None,
    seen_check: UUID | None = None,
) -> ClosureRequest:
    """Return the request as it is decided about; raises NotAllowed, then StaleDecision, CheckChanged."""
    request = ClosureRequest.objects.select_related("account").filter(pk=request_id).first()
    if request is None:
        raise UnknownRequest
    check_decide(actor, request)
    if request.version != seen_version:
        raise StaleDecision
    find(ClosureState(request.state), action)
    _check_seen(request, seen_check, queries.latest_run(request))
    return request


def differ(one: CheckRun, other: CheckRun) -> bool:
    """Tell whether two checks came out otherwise: another verdict, or something else was found."""
    return (one.verdict, findings(one)) != (other.verdict, findings(other))


def _check_seen(request: ClosureRequest, seen_check: UUID | None, latest: CheckRun | None) -> None:
    if seen_check is None:
        return
    seen = CheckRun.objects.filter(request=request, pk=seen_check).first()
    if seen is None or latest is None or differ(seen, latest):
        raise CheckChanged(seen=seen, latest=latest)


def _decide(request_id: UUID, action: ClosureAction, **said: Unpack[Said]) -> ClosureRequest:
    _look(request_id, action, **said)
    return apply(request_id, action, **_facts(said))


def _decide_checked(request_id: UUID, action: ClosureAction, **said: Unpack[Said]) -> ClosureRequest:
    """Look, ask the core outside of any transaction, then move; the lifecycle compares the version again."""
    request = _look(request_id, action, **said)
    is_second = request.four_eyes_due and request.proposed_by is not None
    if is_second and action is ClosureAction.APPROVE:
        check_second_person(said["actor"], request)
    run = check_request(request, Moment.APPROVE, now=said["now"])
    if notes.allows(request, run):
        # What blocks is told by the guard, in its own words.
        _check_seen(request, said.get("seen_check"), run)
    changed = is_second and _changed_since_proposal(request, run)
    if request.four_eyes_due and (request.proposed_by is None or changed):
        action = ClosureAction.PROPOSE
    return apply(request_id, action, **_facts(said), run=run, check=load_check(run), check_changed=changed)


def _look(request_id: UUID, action: ClosureAction, **said: Unpack[Said]) -> ClosureRequest:
    version, check = said["seen_version"], said.get("seen_check")
    request = look(request_id, action, actor=said["actor"], seen_version=version, seen_check=check)
    check_free(request, said["actor"], said["now"])
    # Looking into it keeps it on this desk, where it lies there.
    renew(request, actor=said["actor"], now=said["now"])
    if not said["reason"].strip():
        raise ReasonRequired
    return request


def _facts(said: Said) -> dict[str, Any]:
    """Return what the lifecycle is told; which check was looked at is asked here alone."""
    return {name: value for name, value in said.items() if name != "seen_check"}


def differs_from_proposal(request: ClosureRequest, latest: CheckRun) -> bool:
    """Tell whether the account, by its latest check, looks different from what the proposer saw; that drops it."""
    proposed = _proposed_on(request).first()
    return proposed is None or (proposed.pk != latest.pk and differ(proposed, latest))


def _changed_since_proposal(request: ClosureRequest, run: CheckRun) -> bool:
    """Tell the same of the check that was just made, whatever the clock says of which came first."""
    proposed = _proposed_on(request).exclude(pk=run.pk).first()
    return proposed is None or findings(proposed) != findings(run)


def _proposed_on(request: ClosureRequest) -> QuerySet[CheckRun]:
    runs = CheckRun.objects.filter(request=request, moment=Moment.APPROVE, created_at__lte=request.proposed_at)
    return runs.order_by("-created_at", "-id")


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
