"""Parked work waits for people; they say why it may start again, and it does."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts.actors import Actor
from accounts.enums import Role
from accounts.exceptions import NotAllowed
from accounts.models import Account, Event, Note
from closure import effects, poison
from closure.effects import EffectKind
from closure.enums import ClosureState, EffectState
from closure.exceptions import ReasonRequired, SecondPersonRequired, StaleDecision, TransitionRefused, UnknownRequest
from closure.exchange.ledger.models import LedgerEffect
from closure.finalization.plan import ORDER
from closure.finalization.runner import finalize_due
from closure.finalization.summary import Summary
from closure.models import ClosureRequest, Effect
from closure.operations.rearm import failing_step, parked_calls, rearm, rearm_call
from tests.closure.closing import approved
from tests.closure.reactivating import disabled
from tests.closure.scenes import staff
from tests.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)
SAM = staff(Role.AGENT)
CALLED = f"{poison.CALLING}, {poison.MOST_DEATHS - 1} died"


def parked_freeze(request: ClosureRequest, now: datetime) -> Effect:
    """Want a call that was given up."""
    with transaction.atomic():
        effect = effects.add(request, EffectKind.FREEZE, now=now)
    told = {"state": EffectState.PARKED, "attempts": 5, "last_error": "Refused: not_now"}
    Effect.objects.filter(pk=effect.pk).update(**told)
    return effect


def parked_beside(account: Account) -> Effect:
    """Let the call that freezes a disabled account be one that was given up."""
    told = {"state": EffectState.PARKED, "attempts": 5, "last_error": "Refused: not_now"}
    Effect.objects.filter(account_id=account.pk, kind="freeze").update(**told)
    return Effect.objects.get(account_id=account.pk, kind="freeze")


def poisoned(request: ClosureRequest, now: datetime) -> None:
    """Let the last step of a sealed plan be one that killed its workers, the last of them a minute ago."""
    done = {step.value: {"state": "done", "attempts": 1, "at": now.isoformat()} for step in ORDER[:-1]}
    last = {"state": "running", "attempts": 5, "at": now.isoformat(), "deaths": poison.MOST_DEATHS - 1}
    ClosureRequest.objects.filter(pk=request.pk).update(
        state=ClosureState.FINALIZING, plan={**done, "close": last}, sealed_at=now, next_try_at=now
    )


@pytest.mark.row("F06")
def test_rearm_lets_a_parked_call_be_made_and_keeps_why(now: datetime) -> None:
    request = approved(now=now)
    effect = parked_freeze(request, now)
    assert effects.perform_due(now=now + timedelta(days=1)) == 0
    rearm(request.pk, actor=SAM, reason="The core is mended.", now=now)
    assert effects.perform_due(now=now) == 1
    assert LedgerEffect.objects.get(account_id=request.account_id).key == effect.key
    event = Event.objects.get(account_id=request.account_id, action="work.rearmed")
    told = {"closure": str(request.pk), "calls": {"freeze": 5}, "step": None, "attempts": 0}
    assert json.loads(bytes(event.body))["data"] == told
    assert (event.actor, Note.objects.get(event_id=event.pk).text) == (SAM.label, "The core is mended.")


@pytest.mark.row("F06")
def test_rearm_lets_a_step_that_killed_its_workers_be_taken(now: datetime) -> None:
    request = approved(now=now)
    with transaction.atomic():
        effects.add(request, EffectKind.LOCK_DEPOSITS, now=now)
    effects.perform_due(now=now)
    poisoned(request, now)
    assert finalize_due(now=now) == Summary(failed=1)
    request.refresh_from_db()
    assert (failing_step(request), request.plan["close"]["error"]) == ("close", "its worker died 5 times")
    assert finalize_due(now=now + timedelta(hours=2)) == Summary(failed=1)
    assert Effect.objects.filter(kind="close").count() == 0
    rearm(request.pk, actor=SAM, reason="Mended.", now=now)
    assert finalize_due(now=now) == Summary(closed=1)


def test_rearm_needs_something_parked_a_reason_the_newest_version_and_a_decider(now: datetime) -> None:
    request = approved(now=now)
    with pytest.raises(TransitionRefused) as refused:
        rearm(request.pk, actor=SAM, reason="Why not.", now=now)
    assert refused.value.code == "nothing_parked"
    parked_freeze(request, now)
    with pytest.raises(ReasonRequired):
        rearm(request.pk, actor=SAM, reason="  ", now=now)
    with pytest.raises(StaleDecision):
        rearm(request.pk, actor=SAM, reason="Mended.", now=now, seen_version=request.version + 1)
    owner = Account.objects.get(pk=request.account_id)
    for actor in (staff(Role.AUDITOR), Actor.customer(owner), Actor.system("sweep")):
        with pytest.raises(NotAllowed):
            rearm(request.pk, actor=actor, reason="Mended.", now=now)
    assert len(parked_calls(request)) == 1


@pytest.mark.row("E06")
def test_rearm_call_lets_a_call_beside_closures_be_made_and_keeps_why(now: datetime) -> None:
    call = parked_beside(disabled("ana", now=now))
    assert effects.perform_due(now=now) == 1  # its keys
    rearm_call(call.pk, actor=SAM, reason=" The core is mended. ", now=now)
    assert effects.perform_due(now=now) == 1
    event = Event.objects.get(account_id=call.account_id, action="work.rearmed")
    assert json.loads(bytes(event.body))["data"] == {"call": str(call.pk), "calls": {"freeze": 5}}
    assert (event.actor, Note.objects.get(event_id=event.pk).text) == (SAM.label, "The core is mended.")
    assert violations([call.account_id]) == []


@pytest.mark.row("E06")
def test_rearm_call_needs_a_parked_call_beside_closures_a_reason_and_a_decider(now: datetime) -> None:
    call = parked_beside(disabled("ana", now=now))
    owner = Account.objects.get(pk=call.account_id)
    for actor in (staff(Role.AUDITOR), Actor.customer(owner), Actor.system("sweep")):
        with pytest.raises(NotAllowed):
            rearm_call(call.pk, actor=actor, reason="Mended.", now=now)
    with pytest.raises(SecondPersonRequired):
        rearm_call(call.pk, actor=replace(SAM, account_id=owner.pk), reason="Mended.", now=now)
    with pytest.raises(ReasonRequired):
        rearm_call(call.pk, actor=SAM, reason="  ", now=now)
    waiting = Effect.objects.get(account_id=owner.pk, kind="revoke_keys")
    with pytest.raises(TransitionRefused):
        rearm_call(waiting.pk, actor=SAM, reason="Mended.", now=now)
    with pytest.raises(UnknownRequest):
        rearm_call(parked_freeze(approved("ben", now=now), now).pk, actor=SAM, reason="Mended.", now=now)
    call.refresh_from_db()
    assert (call.state, call.attempts) == (EffectState.PARKED, 5)


def test_rearm_moves_no_state(now: datetime) -> None:
    request = approved(now=now)
    parked_freeze(request, now)
    before = violations()
    rearm(request.pk, actor=SAM, reason="Mended.", now=now)
    request.refresh_from_db()
    assert (request.state, request.version, violations()) == (ClosureState.APPROVED, 0, before)


def test_failing_step_is_none_under_a_legal_hold(now: datetime) -> None:
    request = approved(now=now)
    poisoned(request, now)
    finalize_due(now=now)
    ClosureRequest.objects.filter(pk=request.pk).update(parked_at=now)
    request.refresh_from_db()
    assert failing_step(request) is None
