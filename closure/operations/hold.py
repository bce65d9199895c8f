"""Stopping and going on: holds, the answer to a question, cancelling and "I did not ask for this"."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from accounts.exceptions import ProofRefused
from accounts.models import StepUp
from accounts.verification import step_up as step_ups
from accounts.verification.step_up import StepUpProof
from closure import disputes, fresh_factor, verification
from closure.enums import ClosureAction, HeldReason
from closure.exceptions import UnknownRequest
from closure.lifecycle import apply
from closure.models import ClosureRequest


def hold(
    request_id: UUID, causes: Collection[HeldReason], *, actor: Actor, reason: str, now: datetime, **facts: Any
) -> ClosureRequest:
    """Stop a live request for these causes, or add them to those that hold it; raises TransitionRefused, NotAllowed.

    `legal` and `restriction` need a restriction that stands; `unreachable` needs `unknown_since`, an hour ago.
    """
    return apply(request_id, ClosureAction.HOLD, actor=actor, reason=reason, now=now, causes=frozenset(causes), **facts)


def answer(
    request_id: UUID, text: str, *, actor: Actor, now: datetime, step_up_id: UUID | None = None
) -> ClosureRequest:
    """Take the customer's answer to a question, with a fresh factor; the review goes on unless another cause stands.

    Whoever reads the mailbox alone must not bring a closure nearer (invariant 18). Raises ProofRefused,
    TransitionRefused, UnknownRequest.
    """
    return _with_proof(request_id, ClosureAction.ANSWER, step_up_id, actor=actor, reason=text, now=now)


def cancel_digest(request: ClosureRequest) -> bytes:
    """Return what a verification for cancelling is bound to."""
    return verification.digest(request, ClosureAction.CANCEL)


def cancel(request_id: UUID, *, step_up_id: UUID, actor: Actor, reason: str, now: datetime) -> ClosureRequest:
    """Cancel for the owner, with a fresh factor; raises ProofRefused, TransitionRefused, UnknownRequest (E03)."""
    return _with_proof(request_id, ClosureAction.CANCEL, step_up_id, actor=actor, reason=reason, now=now)


def dispute(request_id: UUID, *, actor: Actor, reason: str, now: datetime) -> ClosureRequest:
    """Stop a closure that the owner did not ask for: the account is disabled and investigated (E07).

    A case is opened, the owner is told on every channel, and compliance is called.
    """
    with transaction.atomic():
        done = apply(request_id, ClosureAction.DISPUTE, actor=actor, reason=reason, now=now)
        disputes.follow_up(done, now=now)
    return done


def _with_proof(
    request_id: UUID, action: ClosureAction, step_up_id: UUID | None, *, actor: Actor, reason: str, now: datetime
) -> ClosureRequest:
    request = ClosureRequest.objects.select_related("account").filter(pk=request_id).first()
    if request is None:
        raise UnknownRequest
    given = StepUp.objects.filter(pk=step_up_id).select_related("account").first() if step_up_id else None
    if given is None:
        raise ProofRefused
    proof: StepUpProof = step_ups.prove(
        given,
        account=request.account,
        purpose=fresh_factor.PURPOSES[action],
        digest=verification.digest(request, action),
        now=now,
    )
    with transaction.atomic():
        done = apply(request_id, action, actor=actor, reason=reason, now=now, proof=proof)
        step_ups.consume(proof, now=now)
    return done
