"""Parked work starts again: staff say why, the calls and the step that were given up are tried at once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import journal
from accounts.actors import Actor
from accounts.enums import ActorKind
from accounts.exceptions import NotAllowed
from accounts.models import Account
from closure import wake
from closure.enums import ClosureState, EffectState
from closure.exceptions import (
    ReasonRequired,
    SecondPersonRequired,
    StaleDecision,
    TransitionRefused,
    UnknownRequest,
)
from closure.finalization import plan
from closure.lifecycle import lock
from closure.models import ClosureRequest, Effect
from closure.permissions import check_decide
from closure.powers import DECIDE

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


def rearm_call(effect_id: UUID, *, reason: str, actor: Actor, now: datetime) -> Effect:
    """Try a parked call again that belongs to no closure: its account was disabled, or came back.

    Raises UnknownRequest, NotAllowed, SecondPersonRequired for the own account, ReasonRequired, and TransitionRefused
    where it is not parked.
    """
    with transaction.atomic():
        owner_id = Effect.objects.filter(pk=effect_id, request=None).values_list("account_id", flat=True).first()
        if owner_id is None:
            raise UnknownRequest
        account = Account.objects.select_for_update().get(pk=owner_id)
        check_rearm_call(actor, owner_id)
        call = Effect.objects.select_for_update().get(pk=effect_id)
        if call.state != EffectState.PARKED:
            raise TransitionRefused(_("This call is not parked."), code="nothing_parked")
        if not reason.strip():
            raise ReasonRequired
        data = {"call": str(call.pk), "calls": {call.kind: call.attempts}}
        journal.record(REARMED, actor=actor, at=now, account=account, data=data, note=reason.strip())
        _free_calls([call], now=now)
        wake.wake()
        call.refresh_from_db()
    return call


def check_rearm_call(actor: Actor, owner_id: UUID) -> None:
    """Staff with a deciding role start calls again, never about their own account (invariant 14)."""
    if actor.kind is ActorKind.STAFF and actor.account_id == owner_id:
        raise SecondPersonRequired
    if not actor.may(DECIDE):
        raise NotAllowed(_("Your role does not start parked calls again."))


def parked_calls(request: ClosureRequest) -> list[Effect]:
    """Return the calls to the core that are not tried any more, in the order in which they were wanted."""
    return list(Effect.objects.filter(request=request, state=EffectState.PARKED).order_by("id"))


def failing_step(request: ClosureRequest) -> plan.FinalStep | None:
    """Return the step of finalization that failed last time; None where none did, or a legal hold parks it."""
    if request.state != ClosureState.FINALIZING or request.parked_at is not None:
        return None
    step = plan.first_undone(request.plan)
    return step if step and request.plan.get(step, {}).get("state") == plan.StepState.FAILED else None


def _free_calls(calls: list[Effect], *, now: datetime) -> None:
    # Attempts begin anew: a call parked at its last one would be given up again at once.
    Effect.objects.filter(pk__in=[call.pk for call in calls], state=EffectState.PARKED).update(
        state=EffectState.PENDING, attempts=0, due_at=now, last_error=""
    )


def _free(request: ClosureRequest, calls: list[Effect], step: plan.FinalStep | None, *, now: datetime) -> None:
    _free_calls(calls, now=now)
    if step is not None:
        columns = {"plan": plan.rearmed(request.plan), "next_try_at": now}
        ClosureRequest.objects.filter(pk=request.pk, state=ClosureState.FINALIZING).update(**columns)
        request.refresh_from_db(fields=list(columns))
