"""A fresh factor of another channel than the one that carried the link: what a status session needs to act (E07).

Neither a password nor a backup code counts, and each action has a verification of its own (D07).
"""

from datetime import datetime

from accounts.enums import FactorKind, Purpose
from accounts.models import StepUp
from accounts.verification import step_up as step_ups
from closure import verification
from closure.enums import ClosureAction, ExportKind, Reading
from closure.models import ClosureRequest
from closure.policy import loader

FRESH = frozenset({FactorKind.EMAIL, FactorKind.SMS, FactorKind.TOTP, FactorKind.PASSKEY})
# What can be proven: an action on the request, taking one kind of file along, or looking at the account.
Provable = ClosureAction | ExportKind | Reading
PURPOSES: dict[Provable, Purpose] = {
    ClosureAction.CANCEL: Purpose.CANCEL_CLOSURE,
    ClosureAction.ANSWER: Purpose.ANSWER_QUESTION,
    **dict.fromkeys(ExportKind, Purpose.EXPORT_DATA),
    Reading.ACCOUNT: Purpose.READ_ACCOUNT,
}


def accepted(carried_by: FactorKind | None) -> frozenset[FactorKind]:
    """Return the kinds that prove more than the link did."""
    return FRESH - {carried_by}


def counts(kinds: frozenset[FactorKind], *, carried_by: FactorKind | None) -> bool:
    """Tell whether one of the kinds given is fresh."""
    return bool(kinds & accepted(carried_by))


def running(request: ClosureRequest, action: Provable, *, carried_by: FactorKind, now: datetime) -> StepUp | None:
    """Return the verification that is open for this action, in time, and begun from a link of the same channel.

    A complete one is not open: whoever completed it used it, or it was refused; another session must not find it.
    """
    found = step_ups.current(request.account_id, PURPOSES[action])
    if found is None or found.expires_at <= now or bytes(found.digest) != verification.digest(request, action):
        return None
    same = set(found.kinds) == {kind.value for kind in accepted(carried_by)}
    return found if same and not step_ups.is_complete(found, now) else None


def open_or_begin(request: ClosureRequest, action: Provable, *, carried_by: FactorKind, now: datetime) -> StepUp:
    """Return the verification that runs, or begin one: a single code within the window of the pinned policy."""
    found = running(request, action, carried_by=carried_by, now=now)
    if found is not None:
        return found
    asked = loader.from_pinned(request.policy).verification
    return step_ups.begin(
        request.account,
        purpose=PURPOSES[action],
        digest=verification.digest(request, action),
        kinds=accepted(carried_by),
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
        kinds = sorted(kind.value for kind in accepted(carried_by))
        found = StepUp(account=request.account, purpose=PURPOSES[action], kinds=kinds)
    return step_ups.factors(found)
