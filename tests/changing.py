"""Proving oneself for a change, as an owner does: by the authenticator, or by a code that was sent."""

from datetime import datetime

from accounts.enums import FactorKind, Purpose
from accounts.models import Account, StepUp
from accounts.verification import changes, step_up
from accounts.verification.step_up import StepUpProof
from tests.factories import totp_code
from tests.outbox import last_code


def verified(account: Account, purpose: Purpose, *subject: str, now: datetime) -> StepUp:
    """Return a complete verification of this change."""
    running = changes.begin(account, purpose, *subject, now=now)
    by_kind = {state.kind: state for state in step_up.factors(running)}
    nearest = next(kind for kind in (FactorKind.TOTP, FactorKind.SMS, FactorKind.EMAIL) if kind in by_kind)
    device_id = by_kind[nearest].id
    if nearest is FactorKind.TOTP:
        return step_up.answer(running, device_id, totp_code(account), now=now)
    step_up.challenge(running, device_id, now=now)
    return step_up.answer(running, device_id, last_code(account, template="confirmation_code"), now=now)


def proof_of(account: Account, purpose: Purpose, *subject: str, now: datetime) -> StepUpProof:
    """Return the proof of this change."""
    verified(account, purpose, *subject, now=now)
    return changes.prove(account, purpose, *subject, now=now)
