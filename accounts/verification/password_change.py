"""Changing the password one knows: with a fresh factor, and never to one that was used here before (N01)."""

from datetime import datetime

from django.db import transaction

from accounts import contacts, passwords, sign_in
from accounts.enums import Action, Purpose
from accounts.journal import record
from accounts.models import Account
from accounts.verification import changes
from accounts.verification.enrollment import themselves
from accounts.verification.step_up import StepUpProof

TEMPLATE = "password_changed"


def change_password(
    account: Account, *, current: str, password: str, proof: StepUpProof, keep: bytes | None, now: datetime
) -> Account:
    """Take a new password, end every session but the one whose key digest is `keep`, and tell every contact (M04).

    The current password spends an attempt, so this must not be called inside a transaction. Raises WrongPassword,
    TooManyAttempts, WeakPassword, ProofRefused, PasswordMoved, hashing.Busy; then nothing changed.
    """
    changes.check(proof, account, Purpose.CHANGE_PASSWORD)
    sign_in.confirm_password(account, current, now=now)
    new = passwords.prepare(account, password, now=now)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        changes.use(proof, locked, Purpose.CHANGE_PASSWORD, now=now)
        passwords.put(locked, new, now=now, keep=keep)
        record(Action.PASSWORD_CHANGED, actor=themselves(locked), at=now, account=locked)
        contacts.tell(contacts.current(locked), locked, TEMPLATE, {"at": now}, now=now)
    return locked
