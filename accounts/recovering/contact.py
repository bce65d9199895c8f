"""The new contact of a recovery: it gives a code before anything is sent to staff, so that it is one that arrives."""

from datetime import datetime

from django.db import transaction

from accounts import contact_codes
from accounts.actors import Actor
from accounts.enums import MessageChannel, Purpose, RecoveryState
from accounts.exceptions import WrongCode
from accounts.journal import record
from accounts.messages import limits
from accounts.models import Account, FactorRecovery
from accounts.recovering import beginning, lifecycle
from accounts.recovering.lifecycle import RecoveryRefused
from accounts.verification import attempts

CONFIRMED = "recovery.contact_confirmed"


def send_code(row: FactorRecovery, *, now: datetime) -> None:
    """Send a code to the new contact; raises RecoveryRefused, NotAllowed, TooManyAttempts. Not in a transaction."""
    channel, to = MessageChannel(row.new_kind), beginning.new_contact_of(row)
    limits.spend(channel, to, now=now)
    with transaction.atomic():
        account, locked = lifecycle.lock(row.pk)
        _check_waits(locked)
        contact_codes.send(locked.pk, account, channel, to, now=now)


def confirm(row: FactorRecovery, code: str, *, actor: Actor, now: datetime) -> None:
    """Take the code of the new contact; raises WrongCode, RecoveryRefused, TooManyAttempts. Not in a transaction."""
    attempts.spend(row.account_id, Purpose.CONFIRM_CONTACT, now=now)
    with transaction.atomic():
        account, locked = lifecycle.lock(row.pk)
        _check_waits(locked)
        right = contact_codes.spend(locked.pk, code, now=now)
        if right:
            _take(locked, account, actor=actor, now=now)
    if not right:
        raise WrongCode
    attempts.give_back(row.account_id, Purpose.CONFIRM_CONTACT, now=now)


def is_missing(row: FactorRecovery) -> bool:
    """Tell whether a new contact has not given its code yet."""
    return bool(row.new_kind) and row.new_confirmed_at is None


def _take(locked: FactorRecovery, account: Account, *, actor: Actor, now: datetime) -> None:
    locked.new_confirmed_at = locked.touched_at = now
    locked.save(update_fields=["new_confirmed_at", "touched_at"])
    told = {"recovery": str(locked.pk), "kind": locked.new_kind}
    record(CONFIRMED, actor=actor, at=now, account=account, data=told)


def _check_waits(locked: FactorRecovery) -> None:
    if locked.state != RecoveryState.DRAFT or not is_missing(locked):
        raise RecoveryRefused
