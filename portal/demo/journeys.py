"""Walks personas through closing in the past, by the same operations that customers use."""

import time
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actors import Actor
from accounts.enums import Action, FactorKind
from accounts.identifiers import find_account
from accounts.journal import record
from accounts.messages import payload
from accounts.models import Account, OutboxMessage, StepUp, TotpDevice
from accounts.verification import step_up
from closure import captcha, verification
from closure.enums import ClosureState, FaceOutcome, RequestChannel
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest
from closure.notes import NOTE_CODES
from closure.operations import face, opening, review, submit, verify
from closure.policy import loader
from portal.demo import captchas, personas

FROZEN_FOR = timedelta(days=2)
CLOSED_FOR = timedelta(days=1)
ASKED_BEFORE = timedelta(days=10)
CHANGED_BEFORE = timedelta(hours=1)


def freeze(account: Account, *, now: datetime) -> ClosureRequest:
    """Leave an account cooling off, since two days where the policy's wait is longer than that.

    Where the policy has no wait, something of the account changed shortly before, so the brake makes it wait (D08).
    """
    waiting = loader.current().waiting
    asked = now - min(FROZEN_FOR, (waiting.wait or waiting.brake_adds) / 2)
    if not waiting.wait:
        with transaction.atomic():
            locked = Account.objects.select_for_update().get(pk=account.pk)
            at, told = asked - CHANGED_BEFORE, {"kind": FactorKind.TOTP.value}
            record(Action.FACTOR_ADDED, actor=Actor.customer(account), at=at, account=locked, data=told)
    return ask(account, now=asked)


def close(account: Account, *, now: datetime) -> None:
    """Leave an account closed since a day, by a closure asked for before that."""
    ask(account, now=now - ASKED_BEFORE)
    finalize_due(now=now - CLOSED_FOR)


def ask(account: Account, *, now: datetime) -> ClosureRequest:
    """Have the owner ask for closing, verified as the policy in force wants it; decided where it is reviewed."""
    owner = Actor.customer(account)
    request = opening.open_checked(
        account,
        acknowledged=NOTE_CODES,
        answer=_captcha_of(account, now=now),
        channel=RequestChannel.WEB,
        actor=owner,
        now=now,
    )
    running = verify.begin_verification(request.pk, now=now)
    wanted = verification.nearest(loader.current(), account)
    for kind in (kind for kind in verification.NEAREST if kind in wanted):
        _answer(running, kind, now=now)
    verify.check_document(request.pk, personas.document_of(account), now=now)
    done = submit.submit(
        request.pk,
        step_up_id=running.pk,
        password=personas.PASSWORD,
        channel=RequestChannel.WEB,
        actor=owner,
        now=now,
        face_consent=True,
    )
    # The code that it took is spent; the visitor of the demo types the same one seconds later.
    TotpDevice.objects.filter(user=account).update(last_step=-1)
    return _review(done, now=now)


def _captcha_of(account: Account, *, now: datetime) -> str:
    """Return the answer to a challenge, where the policy asks for one."""
    asked = loader.current().verification.captcha
    return captchas.answer_to(captcha.challenge(account, now=now)) if asked else ""


def _review(request: ClosureRequest, *, now: datetime) -> ClosureRequest:
    """Let the demo's agent decide where the policy asks for one."""
    if request.state != ClosureState.IN_REVIEW:
        return request
    agent = find_account(personas.email_of("agent"))
    if agent is None:
        raise RuntimeError("The demo has no agent.")
    actor, reason = Actor.staff(agent), "All in order."
    if request.face_due:
        face.record_face_outcome(request.pk, FaceOutcome.MATCH, reason=reason, actor=actor, now=now)
    return review.approve(request.pk, actor=actor, reason=reason, seen_version=request.version, now=now)


def _answer(running: StepUp, kind: FactorKind, *, now: datetime) -> None:
    device = next(state.id for state in step_up.factors(running) if state.kind is kind)
    if kind is FactorKind.TOTP:
        code = TotpDevice.objects.get(pk=device).code_at(time.time())
    else:
        step_up.challenge(running, device, now=now)
        code = _texted(running)
    step_up.answer(running, device, code, now=now)


def _texted(running: StepUp) -> str:
    """Read the code where the sender would, and leave nothing to send: nobody is waiting for it any more."""
    message = OutboxMessage.objects.filter(account_id=running.account_id).latest("created_at")
    code = str(payload.unseal(bytes(message.payload or b""), message.pk).context["code"])
    message.delete()
    return code
