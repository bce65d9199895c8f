"""A factor that the link did not carry: with it, or with the password, a session of a reactivation shows something.

A backup code does not count, as for every session that a link opened.
"""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from accounts.enums import FactorKind, Purpose
from accounts.exceptions import ProofRefused
from accounts.models import Account, StepUp
from accounts.verification import step_up
from closure.fresh_factor import FRESH

WINDOW = timedelta(minutes=15)


def accepted(carried_by: FactorKind) -> frozenset[FactorKind]:
    """Return the kinds that prove more than the link did."""
    return FRESH - {carried_by}


def digest(link_id: UUID) -> bytes:
    """Return what a verification is bound to: the one link that opened the session."""
    return hashlib.sha256(b"reactivate\x00" + link_id.bytes).digest()


def running(account: Account, link_id: UUID, *, now: datetime) -> StepUp | None:
    """Return the verification that is open for the session of this link, in time."""
    found = step_up.current(account.pk, Purpose.REACTIVATE)
    return found if found is not None and found.expires_at > now and bytes(found.digest) == digest(link_id) else None


def begin(account: Account, link_id: UUID, *, carried_by: FactorKind, now: datetime) -> StepUp:
    """Return the verification that runs, or begin one; one code completes it."""
    return running(account, link_id, now=now) or step_up.begin(
        account,
        purpose=Purpose.REACTIVATE,
        digest=digest(link_id),
        kinds=accepted(carried_by),
        needed=1,
        second_factor_required=False,
        window=WINDOW,
        extensions=0,
        now=now,
    )


def factors(account: Account, link_id: UUID, *, carried_by: FactorKind, now: datetime) -> list[step_up.FactorState]:
    """Return what may be given, before anything is begun too; looking begins nothing."""
    begun = running(account, link_id, now=now)
    kinds = sorted(kind.value for kind in accepted(carried_by))
    return step_up.factors(begun or StepUp(account=account, purpose=Purpose.REACTIVATE, kinds=kinds))


def use(locked: Account, link_id: UUID, *, carried_by: FactorKind, now: datetime) -> None:
    """Use up a complete verification by a factor that counts, the account locked; raises ProofRefused."""
    found = running(locked, link_id, now=now) or StepUp()
    given = step_up.prove(found, account=locked, purpose=Purpose.REACTIVATE, digest=digest(link_id), now=now)
    if not given.kinds & accepted(carried_by):
        raise ProofRefused
    step_up.consume(given, now=now)
