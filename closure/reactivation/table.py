"""The table of reactivating: which action leads from which state to which, by whom and when (docs/lifecycle.md).

Any pair that is not listed is refused.
"""

from dataclasses import dataclass

from closure.enums import ReactivationAction, ReactivationState
from closure.permissions import Who
from closure.reactivation import guards as g
from closure.reactivation.facts import Guard


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row; `returns` says that the account is active again."""

    to: ReactivationState
    roles: frozenset[Who]
    guards: tuple[Guard, ...]
    event: str
    returns: bool = False


S, A = ReactivationState, ReactivationAction
Key = tuple[ReactivationState | None, ReactivationAction]
OPEN = (S.DRAFT, S.SUBMITTED, S.NEEDS_MORE)
MAY_COME_BACK = (g.PHOTOS_THERE, g.LOOKED, g.DISABLED, g.NOTHING_LEGAL, g.NO_DISPUTE, g.NOBODY_ELSE)


def _row(to: ReactivationState, roles: str, event: str, *guards: Guard, returns: bool = False) -> Transition:
    who = frozenset(Who(letter) for letter in roles.split())
    return Transition(to=to, roles=who, guards=guards, event=f"reactivation.{event}", returns=returns)


TRANSITIONS: dict[Key, Transition] = {
    (None, A.START): _row(S.DRAFT, "S", "started", g.DISABLED, g.OFFERED),
    (S.DRAFT, A.SUBMIT): _row(S.SUBMITTED, "S", "submitted", g.DISABLED, g.COMPLETE),
    (S.NEEDS_MORE, A.SUBMIT): _row(S.SUBMITTED, "S", "submitted", g.DISABLED, g.COMPLETE),
    (S.SUBMITTED, A.ASK): _row(S.NEEDS_MORE, "A", "asked", g.SEEN, g.DESK_FREE, g.SAID_WHAT),
    (S.SUBMITTED, A.PROPOSE): _row(
        S.SUBMITTED, "A", "proposed", g.SEEN, g.DESK_FREE, g.REASON, g.NOBODY_PROPOSED, *MAY_COME_BACK
    ),
    (S.SUBMITTED, A.APPROVE): _row(
        S.APPROVED,
        "L",
        "approved",
        g.SEEN,
        g.DESK_FREE,
        g.REASON,
        g.SECOND_PERSON,
        *MAY_COME_BACK,
        returns=True,
    ),
    # Something new stands against the account: who proposed it did not know (accounts.doubts).
    (S.SUBMITTED, A.TAKE_BACK): _row(S.SUBMITTED, "sys", "taken_back", g.PROPOSED),
    (S.SUBMITTED, A.REFUSE): _row(S.REFUSED, "A", "refused", g.SEEN, g.DESK_FREE, g.RULE_NAMED),
    **{(state, A.WITHDRAW): _row(S.WITHDRAWN, "S", "withdrawn") for state in OPEN},
    **{(state, A.LAPSE): _row(S.WITHDRAWN, "sys", "lapsed", g.IDLE) for state in OPEN},
}
