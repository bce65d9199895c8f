"""A fresh factor of another channel than the one that carried the link: what a status session needs to act (E07).

Neither a password nor a backup code counts, and each action has a verification of its own (D07).
"""

import json
from dataclasses import dataclass
from datetime import datetime

from accounts.enums import SECOND_FACTORS, FactorKind, Purpose
from accounts.exceptions import ProofRefused
from accounts.models import StepUp
from accounts.verification import step_up as step_ups
from accounts.verification.step_up import StepUpProof
from closure import verification
from closure.enums import ClosureAction, ExportKind, Reading
from closure.models import ClosureRequest
from closure.policy import loader

FRESH = frozenset({FactorKind.EMAIL, FactorKind.SMS, FactorKind.TOTP, FactorKind.PASSKEY})


@dataclass(frozen=True)
class Withdrawal:
    """Sending back exactly this: what, how much and where to; a mailed code moves no money (A13)."""

    subject: tuple[str, ...]

    @property
    def value(self) -> str:
        """What a verification is bound to."""
        return json.dumps(["withdraw", *self.subject])


# What can be proven: an action on the request, taking one kind of file along, looking at the account, a withdrawal.
Provable = ClosureAction | ExportKind | Reading | Withdrawal
PURPOSES: dict[ClosureAction | ExportKind | Reading, Purpose] = {
    ClosureAction.CANCEL: Purpose.CANCEL_CLOSURE,
    ClosureAction.ANSWER: Purpose.ANSWER_QUESTION,
    **dict.fromkeys(ExportKind, Purpose.EXPORT_DATA),
    Reading.ACCOUNT: Purpose.READ_ACCOUNT,
}


def purpose_of(action: Provable) -> Purpose:
    """Return what the verification of an action is for."""
    return Purpose.WITHDRAW_ASSETS if isinstance(action, Withdrawal) else PURPOSES[action]


def accepted(carried_by: FactorKind | None, action: Provable | None = None) -> frozenset[FactorKind]:
    """Return the kinds that prove more than the link did; for money second factors alone."""
    return (SECOND_FACTORS if isinstance(action, Withdrawal) else FRESH) - {carried_by}


def counts(kinds: frozenset[FactorKind], *, carried_by: FactorKind | None, action: Provable | None = None) -> bool:
    """Tell whether one of the kinds given is fresh."""
    return bool(kinds & accepted(carried_by, action))


def check(
    proof: StepUpProof | None, request: ClosureRequest, action: Provable, *, carried_by: FactorKind | None
) -> StepUpProof:
    """Return a proof of exactly this action by a fresh factor; raises ProofRefused. Using it up is another step."""
    expected = (request.account_id, purpose_of(action), verification.digest(request, action))
    if proof is None or (proof.account_id, proof.purpose, proof.digest) != expected:
        raise ProofRefused
    if not counts(proof.kinds, carried_by=carried_by, action=action):
        raise ProofRefused
    return proof


def running(request: ClosureRequest, action: Provable, *, carried_by: FactorKind, now: datetime) -> StepUp | None:
    """Return the verification that is open for this action, in time, and begun from a link of the same channel.

    A complete one is not open: whoever completed it used it, or it was refused; another session must not find it.
    """
    found = step_ups.current(request.account_id, purpose_of(action))
    if found is None or found.expires_at <= now or bytes(found.digest) != verification.digest(request, action):
        return None
    same = set(found.kinds) == {kind.value for kind in accepted(carried_by, action)}
    return found if same and not step_ups.is_complete(found, now) else None


def open_or_begin(request: ClosureRequest, action: Provable, *, carried_by: FactorKind, now: datetime) -> StepUp:
    """Return the verification that runs, or begin one: a single code within the window of the pinned policy."""
    found = running(request, action, carried_by=carried_by, now=now)
    if found is not None:
        return found
    asked = loader.from_pinned(request.policy).verification
    return step_ups.begin(
        request.account,
        purpose=purpose_of(action),
        digest=verification.digest(request, action),
        kinds=accepted(carried_by, action),
        needed=1,
        second_factor_required=False,
        window=asked.window,
        extensions=asked.extensions,
        now=now,
    )


def factors(
    request: ClosureRequest, action: Provable, *, carried_by: FactorKind, now: datetime
) -> list[step_ups.FactorState]:
    """Return what may be given, before anything is begun too; looking begins nothing."""
    found = running(request, action, carried_by=carried_by, now=now)
    if found is None:
        kinds = sorted(kind.value for kind in accepted(carried_by, action))
        found = StepUp(account=request.account, purpose=purpose_of(action), kinds=kinds)
    return step_ups.factors(found)
