"""The transitions of a recovery as one table, and its times: what may follow what, by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from accounts.enums import FactorKind, RecoveryAction, RecoveryState
from accounts.models.factor_recovery import OPEN

S, A = RecoveryState, RecoveryAction
# As long as the links of a changed contact and of a new sign-in work: whoever looks at any of their contacts, or signs
# in with what is said to be lost, once in three days, stops somebody else's recovery (decision 26).
DELAY = timedelta(hours=72)
# What was begun and left, and what was asked for and never came.
IDLE = {S.DRAFT: timedelta(days=7), S.NEEDS_MORE: timedelta(days=30)}
# A link that stops a recovery works for longer than any review and delay; and after the end as long as others do.
STOPPABLE = timedelta(days=60)
STOPPABLE_AFTER = timedelta(hours=72)
# Who has only the mailbox left adds a factor within this time, though the mailbox reset the password (J03).
ENROLL_WITHIN = timedelta(days=7)
# Backup codes go with every recovery: they lie where the lost device lay.
LOSABLE = (FactorKind.TOTP, FactorKind.PASSKEY, FactorKind.SMS, FactorKind.EMAIL)


@dataclass(frozen=True, kw_only=True)
class Transition:
    """From where, to where; `drops` clears what was proposed."""

    sources: frozenset[RecoveryState]
    target: RecoveryState | None
    drops: bool = False


def _from(*sources: RecoveryState) -> frozenset[RecoveryState]:
    return frozenset(sources)


TRANSITIONS: Mapping[RecoveryAction, Transition] = {
    A.SUBMIT: Transition(sources=_from(S.DRAFT, S.NEEDS_MORE), target=S.SUBMITTED),
    A.ASK: Transition(sources=_from(S.SUBMITTED), target=S.NEEDS_MORE, drops=True),
    # Nothing moves, but who proposed is kept.
    A.PROPOSE: Transition(sources=_from(S.SUBMITTED), target=None),
    A.CONFIRM: Transition(sources=_from(S.SUBMITTED), target=S.WAITING),
    A.REFUSE: Transition(sources=_from(S.SUBMITTED), target=S.REFUSED, drops=True),
    A.END: Transition(sources=frozenset(OPEN), target=S.ENDED),
    A.COMPLETE: Transition(sources=_from(S.WAITING), target=S.DONE),
}
