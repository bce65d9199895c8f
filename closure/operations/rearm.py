"""Parked work starts again: staff say why, the calls and the step that were given up are tried at once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import journal
from accounts.actors import Actor
from closure import wake
from closure.enums import ClosureState, EffectState
from closure.exceptions import ReasonRequired, StaleDecision, TransitionRefused
from closure.finalization import plan
from closure.lifecycle import lock
from closure.models import ClosureRequest, Effect
from closure.permissions import check_decide

REARMED = "work.rearmed"


def rearm(
    request_id: UUID, *, reason: str, actor: Actor, now: datetime, seen_version: int | None = None
) -> ClosureRequest:
    """Try again what was given up: parked calls to the core, and a step of finalization that fails.

    What it told before stays in the journal as codes and counts. No state moves: the plan goes on where it stood, by
    the same guards. Raises UnknownRequest, NotAllowed, StaleDecision where a version is named and it is old,
    ReasonRequired, and TransitionRefused where nothing is parked.
    """
    with transaction.atomic():
        account, request = lock(request_id)
        check_decide(actor, request)
        if seen_version is not None and seen_version != request.version:
            raise StaleDecision
        calls, step = parked_calls(request), failing_step(request)
        if not calls and step is None:
            raise TransitionRefused(_("Nothing of this request is parked."), code="nothing_parked")
        if not reason.strip():
            raise ReasonRequired
        data = {
            "closure": str(request.pk),
            "calls": {call.key.partition(":")[2]: call.attempts for call in calls},
            "step": step and step.value,
            "attempts": plan.attempts(request.plan, step) if step else 0,
        }
        journal.record(REARMED, actor=actor, at=now, account=account, data=data, note=reason)
        _free(request, calls, step, now=now)
        wake.wake(request.pk)
    return request


def parked_calls(request: ClosureRequest) -> list[Effect]:
    """Return the calls to the core that are not tried any more, in the order in which they were wanted."""
    return list(Effect.objects.filter(request=request, state=EffectState.PARKED).order_by("id"))


def failing_step(request: ClosureRequest) -> plan.FinalStep | None:
    """Return the step of finalization that failed last time; None where none did, or a legal hold parks it."""
    if request.state != ClosureState.FINALIZING or request.parked_at is not None:
        return None
    step = plan.first_undone(request.plan)
    return step if step and request.plan.get(step, {}).get("state") == plan.StepState.FAILED else None


def _free(request: ClosureRequest, calls: list[Effect], step: plan.FinalStep | None, *, now: datetime) -> None:
    # Attempts begin anew: a call parked at its last one would be given up again at once.
    Effect.objects.filter(pk__in=[call.pk for call in calls], state=EffectState.PARKED).update(
        state=EffectState.PENDING, attempts=0, due_at=now, last_error=""
    )
    if step is not None:
        columns = {"plan": plan.rearmed(request.plan), "next_try_at": now}
        ClosureRequest.objects.filter(pk=request.pk, state=ClosureState.FINALIZING).update(**columns)
        request.refresh_from_db(fields=list(columns))
