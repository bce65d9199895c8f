"""Changes of what protects an account: each needs a fresh verification of its own, bound to exactly that change (D07).

Whoever holds a session alone changes nothing: where the account has a second factor one is asked for, and before the
first one is added a code goes to the e-mail address.
"""

import hashlib
import json
from datetime import datetime, timedelta

from accounts.enums import SECOND_FACTORS, FactorKind, Purpose
from accounts.exceptions import ProofRefused
from accounts.models import DEVICE_CLASSES, Account, StepUp
from accounts.verification import step_up
from accounts.verification.step_up import StepUpProof

WINDOW = timedelta(minutes=10)
EXTENSIONS = 10
FIRST = frozenset({FactorKind.EMAIL})


def digest(account: Account, purpose: Purpose, *subject: str) -> bytes:
    """Return what a verification of this change is bound to."""
    return hashlib.sha256(json.dumps(["change", str(account.pk), purpose.value, *subject]).encode()).digest()


def kinds_for(account: Account) -> frozenset[FactorKind]:
    """Return which kinds may allow a change: second factors, or the mailbox while there is none."""
    return SECOND_FACTORS if has_second_factor(account) else FIRST


def has_second_factor(account: Account) -> bool:
    """Tell whether the account has a confirmed second factor, whatever it may be used for today."""
    return any(
        device_class.objects.filter(user=account, confirmed=True).exists()
        for device_class in DEVICE_CLASSES
        if device_class.kind in SECOND_FACTORS
    )


def begin(
    account: Account, purpose: Purpose, *subject: str, kinds: frozenset[FactorKind] | None = None, now: datetime
) -> StepUp:
    """Open the verification of a change; `kinds` narrows it to what a factor test is about."""
    return step_up.begin(
        account,
        purpose=purpose,
        digest=digest(account, purpose, *subject),
        kinds=kinds_for(account) if kinds is None else kinds,
        needed=1,
        second_factor_required=False,
        window=WINDOW,
        extensions=EXTENSIONS,
        now=now,
    )


def running(account: Account, purpose: Purpose, *subject: str) -> StepUp | None:
    """Return the verification that is open for exactly this change, in time or not."""
    found = step_up.current(account.pk, purpose)
    return found if found is not None and bytes(found.digest) == digest(account, purpose, *subject) else None


def prove(account: Account, purpose: Purpose, *subject: str, now: datetime) -> StepUpProof:
    """Return the proof of a complete verification of exactly this change; raises ProofRefused."""
    found = running(account, purpose, *subject)
    if found is None:
        raise ProofRefused
    return step_up.prove(found, account=account, purpose=purpose, digest=bytes(found.digest), now=now)


def check(proof: StepUpProof, account: Account, purpose: Purpose, *subject: str) -> None:
    """Raise ProofRefused unless a proof is for exactly this change, by a factor that may allow changes now.

    Using it up is another step. A mailed code allows nothing any more once there is a second factor.
    """
    if not proof.kinds & kinds_for(account):
        raise ProofRefused
    if (proof.account_id, proof.purpose, proof.digest) != (account.pk, purpose, digest(account, purpose, *subject)):
        raise ProofRefused


def use(proof: StepUpProof, account: Account, purpose: Purpose, *subject: str, now: datetime) -> None:
    """Use a proof up for exactly this change, inside its transaction; raises ProofRefused."""
    check(proof, account, purpose, *subject)
    step_up.consume(proof, now=now)
