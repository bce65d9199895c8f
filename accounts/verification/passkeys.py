"""Challenges for passkeys: made for one verification and one credential, kept as a digest, spent once (D01, D07)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import codes
from accounts.enums import Purpose
from accounts.exceptions import ProofRefused, TooManyAttempts, WrongCode
from accounts.models import Account, OneTimeCode, Passkey, StepUp
from accounts.models.passkey import challenge_in
from accounts.verification import step_up as step_ups
from accounts.verification.factors import passkey, sending

CHALLENGES_PER_STEP_UP = 30


def assertion_options(step_up: StepUp, device_id: UUID | str, *, now: datetime) -> dict[str, Any]:
    """Return what a browser needs to answer with one passkey.

    Raises VerificationExpired, WrongCode, TooManyAttempts.
    """
    with transaction.atomic():
        locked = _locked(step_up, now=now)
        device = step_ups.device_of(locked, device_id)
        if not isinstance(device, Passkey):
            raise WrongCode
        options, challenge = passkey.assertion_options(device)
        _keep(locked, device.pk, challenge, now=now)
    return options


def registration_options(step_up: StepUp, account: Account, *, now: datetime) -> dict[str, Any]:
    """Return what a browser needs to make a passkey, once the verification of adding one is complete.

    Raises VerificationExpired, ProofRefused, TooManyAttempts.
    """
    with transaction.atomic():
        locked = _locked(step_up, now=now)
        if locked.purpose != Purpose.ENROLL_FACTOR or not step_ups.is_complete(locked, now):
            raise ProofRefused
        options, challenge = passkey.registration_options(account)
        _keep(locked, locked.pk, challenge, now=now)
    return options


def spend_registration(step_up_id: UUID, made: str, *, now: datetime) -> str:
    """Use up the challenge that a new passkey answers and return it; raises WrongCode."""
    challenge = challenge_in(made)
    mine = OneTimeCode.objects.filter(device_id=step_up_id, step_up_id=step_up_id, purpose=Purpose.ENROLL_FACTOR)
    live = mine.filter(used_at=None, expires_at__gt=now, created_at__lte=now + codes.SKEW)
    row = live.order_by("-created_at").first()
    if row is None or challenge is None or not row.matches(challenge):
        raise WrongCode
    if OneTimeCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now) != 1:
        raise WrongCode
    return challenge


def _locked(step_up: StepUp, *, now: datetime) -> StepUp:
    # Account before verification, the order of every operation.
    Account.objects.select_for_update().only("pk").get(pk=step_up.account_id)
    locked = step_ups.lock(step_up)
    step_ups.check_open(locked, now)
    return locked


def _keep(step_up: StepUp, device_id: UUID, challenge: str, *, now: datetime) -> None:
    of_step_up = OneTimeCode.objects.filter(device_id=device_id, step_up_id=step_up.pk)
    if of_step_up.count() >= CHALLENGES_PER_STEP_UP:
        raise TooManyAttempts(step_up.expires_at)
    of_step_up.filter(used_at=None).update(used_at=now)
    sending.keep(step_up, device_id, challenge, now=now)
