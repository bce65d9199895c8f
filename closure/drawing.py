"""docs/lifecycle.md, drawn from the table: nobody keeps it by hand."""

from collections.abc import Iterator

from closure.enums import ClosureAction, ClosureState
from closure.permissions import WHO_WORDS, Who
from closure.transitions import TRANSITIONS, AccountMove, Key, Transition

INTRODUCTION = """# Lifecycle

Drawn by `manage.py draw_lifecycle` from closure/transitions.py; edit the table instead. Any pair of state and action
that is not listed is refused. `closed`, `cancelled`, `rejected` and `expired` are final.

"""
RELEASE = """
RELEASE: the account is active again, restrictions stay, keys stay revoked, withdrawals are held for 24 hours.
`held` keeps where it came from and the set of its causes. From `finalizing` it unlocks deposits and keeps `approved`,
so the plan runs again from its first step.
"""


def document() -> str:
    """Return the whole text of docs/lifecycle.md."""
    letters = " · ".join(f"**{who}** {WHO_WORDS[who]}" for who in Who)
    return f"{INTRODUCTION}{letters}\n\n" + "\n".join(table()) + "\n" + RELEASE


def table() -> Iterator[str]:
    """Yield the lines of the table, in order of state and action."""
    yield "| state | action | role | guard | -> | account | event |"
    yield "|-|-|-|-|-|-|-|"
    for key in sorted(TRANSITIONS, key=_order):
        yield _line(key, TRANSITIONS[key])


def _order(key: Key) -> tuple[int, int]:
    state, action = key
    return (-1 if state is None else list(ClosureState).index(state), list(ClosureAction).index(action))


def _line(key: Key, row: Transition) -> str:
    state, action = key
    who = " ".join(str(who) for who in Who if who in row.roles)
    cells = (
        str(state) if state else "-",
        str(action),
        who,
        "; ".join(guard.words for guard in row.guards),
        ", ".join(str(to) for to in row.to),
        _account(state, row),
        row.event,
    )
    return f"| {' | '.join(cells)} |"


def _account(state: ClosureState | None, row: Transition) -> str:
    if row.account is not AccountMove.SAME:
        return row.account.value
    return "same" if state in {None, ClosureState.DRAFT} else "frozen"
