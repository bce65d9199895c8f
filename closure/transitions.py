"""The table of closing: which action leads from which state to which, by whom, when, and what becomes of the account.

docs/lifecycle.md is drawn from it. Any pair that is not listed is refused.
"""

from dataclasses import dataclass
from enum import StrEnum

from closure import guards as g
from closure.enums import LIVE_STATES, ClosureAction, ClosureState
from closure.facts import Guard
from closure.permissions import Who


class AccountMove(StrEnum):
    """What a transition does to the account (closure.account_moves)."""

    SAME = "same"
    FREEZE = "frozen"
    RELEASE = "RELEASE"
    DISABLE = "disabled + security_investigation"
    CLOSE = "closed"
    SHUT = "frozen, however it stood"


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row: `to` has every state it may lead to; closure.routes picks where there are several."""

    to: tuple[ClosureState, ...]
    roles: frozenset[Who]
    guards: tuple[Guard, ...]
    event: str
    account: AccountMove


S, A, M = ClosureState, ClosureAction, AccountMove
Key = tuple[ClosureState | None, ClosureAction]
Table = dict[Key, Transition]
STOPPABLE = (S.IN_REVIEW, S.COOLING_OFF, S.APPROVED, S.FINALIZING)
LIVE = tuple(state for state in S if state in LIVE_STATES)


def _row(
    to: ClosureState | tuple[ClosureState, ...],
    roles: str,
    event: str,
    *guards: Guard,
    account: AccountMove = M.SAME,
) -> Transition:
    states = to if isinstance(to, tuple) else (to,)
    who = frozenset(Who(letter) for letter in roles.split())
    return Transition(to=states, roles=who, guards=guards, event=f"closure.{event}", account=account)


_ONE_BY_ONE: Table = {
    (None, A.START): _row(S.DRAFT, "C", "started", g.NO_OPEN_REQUEST),
    (S.DRAFT, A.DISCARD): _row(S.CANCELLED, "C", "discarded"),
    (S.DRAFT, A.LAPSE): _row(S.EXPIRED, "sys", "lapsed", g.IDLE),
    (S.DRAFT, A.SUBMIT): _row(
        (S.IN_REVIEW, S.COOLING_OFF, S.APPROVED),
        "C",
        "submitted",
        g.CHECK_CLEAR,
        g.NOTHING_STOPS,
        g.PROVEN,
        account=M.FREEZE,
    ),
    (S.IN_REVIEW, A.PROPOSE): _row(
        S.IN_REVIEW,
        "A",
        "proposed",
        g.SEEN,
        g.DESK_FREE,
        g.REASON,
        g.FOUR_EYES_DUE,
        g.NOBODY_PROPOSED,
        g.FACE_SEEN,
        g.CHECK_CLEAR,
    ),
    (S.IN_REVIEW, A.APPROVE): _row(
        (S.COOLING_OFF, S.APPROVED),
        "A L",
        "approved",
        g.SEEN,
        g.DESK_FREE,
        g.REASON,
        g.SECOND_PERSON,
        g.FACE_SEEN,
        g.CHECK_CLEAR,
    ),
    (S.IN_REVIEW, A.ASK): _row(S.HELD, "A", "asked", g.SEEN, g.DESK_FREE, g.REASON),
    (S.HELD, A.ANSWER): _row((S.IN_REVIEW, S.HELD), "S", "answered", g.QUESTION_ASKED, g.FRESH_FACTOR),
    (S.HELD, A.LAPSE): _row(
        S.REJECTED, "sys", "lapsed", g.QUESTION_ASKED, g.QUESTION_OLD, g.RELEASABLE, account=M.RELEASE
    ),
    (S.COOLING_OFF, A.ELAPSE): _row(S.APPROVED, "sys", "elapsed", g.DUE),
    (S.APPROVED, A.BEGIN): _row(S.FINALIZING, "sys", "begun", g.DUE, g.TOLD, g.NO_HOLD),
    (S.HELD, A.HOLD): _row(S.HELD, "sys core A X", "held", g.REASON, g.CAUSE, g.FURTHER_CAUSE),
    (S.HELD, A.RESUME): _row((S.IN_REVIEW, S.COOLING_OFF, S.APPROVED), "sys", "resumed", g.CAUSES_GONE, g.CHECK_CLEAR),
    (S.FINALIZING, A.PARK): _row(S.FINALIZING, "sys", "parked", g.SEALED, g.NOT_PARKED, g.LEGAL_HOLD),
    (S.FINALIZING, A.UNPARK): _row(S.FINALIZING, "sys", "unparked", g.SEALED, g.PARKED, g.NO_LEGAL_HOLD),
    (S.FINALIZING, A.FINISH): _row(
        S.CLOSED, "sys", "finished", g.SEALED, g.NO_LEGAL_HOLD, g.EVERY_STEP_DONE, account=M.CLOSE
    ),
}
_HOLD: Table = {
    (state, A.HOLD): _row(S.HELD, "sys core A X", "held", g.BEFORE_SEALING, g.REASON, g.CAUSE) for state in STOPPABLE
}
_TIME_OUT: Table = {
    (state, A.TIME_OUT): _row(S.REJECTED, "sys", "timed_out", g.FROZEN_TOO_LONG, g.RELEASABLE, account=M.RELEASE)
    for state in (S.IN_REVIEW, S.HELD)
}
_REJECT: Table = {
    (state, A.REJECT): _row(
        S.REJECTED, "A", "rejected", g.BEFORE_SEALING, g.SEEN, g.DESK_FREE, g.REASON, account=M.RELEASE
    )
    for state in LIVE
}
_CANCEL: Table = {
    (state, A.CANCEL): _row(
        S.CANCELLED,
        "S A",
        "cancelled",
        g.BEFORE_SEALING,
        g.FRESH_FACTOR,
        g.SEEN_BY_STAFF,
        g.DESK_FREE,
        g.REASON,
        g.CANCEL_ALLOWED,
        account=M.RELEASE,
    )
    for state in LIVE
}
_DISPUTE: Table = {
    (state, A.DISPUTE): _row(S.CANCELLED, "M", "disputed", g.BEFORE_SEALING, account=M.DISABLE) for state in LIVE
}
# After an older database was restored: what the book says closed since closes again (closure.restore, H06).
_OPEN = (S.DRAFT, *LIVE)
_REPLAY: Table = {
    (None, A.REPLAY): _row(S.DRAFT, "sys", "replayed", g.IN_BOOK, g.NO_OPEN_REQUEST),
    **{(state, A.REPLAY): _row(S.FINALIZING, "sys", "replayed", g.IN_BOOK, account=M.SHUT) for state in _OPEN},
    **{(state, A.REPLACE): _row(S.CANCELLED, "sys", "replaced", g.IN_BOOK, g.BEFORE_SEALING) for state in _OPEN},
}
TRANSITIONS: Table = {**_ONE_BY_ONE, **_HOLD, **_TIME_OUT, **_REJECT, **_CANCEL, **_DISPUTE, **_REPLAY}
