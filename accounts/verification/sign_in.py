"""The second half of signing in: one code of an enrolled factor (L07: for staff a second factor, always)."""

import hashlib
from datetime import datetime, timedelta

from accounts import dormancy
from accounts.enums import STAFF_FACTORS, AccountStatus, FactorKind, Purpose
from accounts.models import Account, StepUp
from accounts.verification import counting, step_up

WINDOW = timedelta(minutes=10)
CUSTOMER_KINDS = frozenset({FactorKind.EMAIL, FactorKind.SMS, FactorKind.TOTP, FactorKind.PASSKEY})
# A backup code signs in where one factor is enough, and does nothing else.
AWAKE_KINDS = CUSTOMER_KINDS | {FactorKind.BACKUP}


def begin(account: Account, *, now: datetime) -> StepUp:
    """Open the verification of a sign-in whose password was right; a dormant account may need more than one factor."""
    asleep = account.status == AccountStatus.DORMANT
    of_customers = CUSTOMER_KINDS if asleep else AWAKE_KINDS
    return step_up.begin(
        account,
        purpose=Purpose.SIGN_IN,
        digest=digest(account),
        kinds=STAFF_FACTORS if account.is_staff else of_customers,
        needed=_wake_factors(account) if asleep else 1,
        second_factor_required=account.is_staff,
        window=WINDOW,
        extensions=0,
        now=now,
    )


def _wake_factors(account: Account) -> int:
    """Return how many kinds the policy asks for, and never more than there are: nobody is locked out by sleeping."""
    there = {device.kind for device in counting.devices(account.pk, CUSTOMER_KINDS, Purpose.SIGN_IN)}
    return max(1, min(dormancy.wake_factors(account), len(there)))


def digest(account: Account) -> bytes:
    """Return what a sign-in verification is bound to: this account in its present run of sessions."""
    return hashlib.sha256(b"sign-in\x00" + account.pk.bytes + account.session_epoch.to_bytes(8, "big")).digest()
