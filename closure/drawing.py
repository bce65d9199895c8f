"""docs/lifecycle.md, drawn from the tables: nobody keeps it by hand."""

from collections.abc import Iterator

from closure.enums import ClosureAction, ClosureState, ReactivationAction, ReactivationState
from closure.permissions import WHO_WORDS, Who
from closure.reactivation import table as reactivating
from closure.transitions import TRANSITIONS, AccountMove, Key, Transition

INTRODUCTION = """# Lifecycle

Drawn by `manage.py draw_lifecycle` from closure/transitions.py and closure/reactivation/table.py; edit the tables
instead. Any pair of state and action that is not listed is refused. `closed`, `cancelled`, `rejected` and `expired` are
final.

"""
RELEASE = """
RELEASE: the account is active again, restrictions stay, keys stay revoked, withdrawals are held for 24 hours.
`held` keeps where it came from and the set of its causes. From `finalizing` it unlocks deposits and keeps `approved`,
so the plan runs again from its first step.
"""
REACTIVATION = """
## Reactivation

Of a disabled account. `S` is its owner in a session that a mailed link opened and that has shown more than the link:
the password, or a code of another channel. `approved`, `refused` and `withdrawn` are final; after them another one may
begin at once.

"""
RETURNING = """
An approval opens the account: active, with a dead password, withdrawals held as after a reset, and a list to look
through before anything is withdrawn. Restrictions stay.
"""


def document() -> str:
    """Return the whole text of docs/lifecycle.md."""
    letters = " · ".join(f"**{who}** {WHO_WORDS[who]}" for who in Who)
    return f"{INTRODUCTION}{letters}\n\n" + "\n".join(table()) + "\n" + RELEASE + reactivation()


def table() -> Iterator[str]:
    """Yield the lines of the table, in order of state and action."""
    yield "| state | action | role | guard | -> | account | event |"
    yield "|-|-|-|-|-|-|-|"
    for key in sorted(TRANSITIONS, key=_order):
        yield _line(key, TRANSITIONS[key])


def reactivation() -> str:
    """Return the part about reactivating."""
    return REACTIVATION + "\n".join(_reactivation_table()) + "\n" + RETURNING


def _reactivation_table() -> Iterator[str]:
    yield "| state | action | role | guard | -> | account | event |"
    yield "|-|-|-|-|-|-|-|"
    for state in (None, *ReactivationState):
        for action in ReactivationAction:
            row = reactivating.TRANSITIONS.get((state, action))
            if row is not None:
                who = " ".join(str(who) for who in Who if who in row.roles)
                guards = "; ".join(guard.words for guard in row.guards)
                account = "active" if row.returns else "disabled"
                cells = (str(state or "-"), str(action), who, guards, str(row.to), account, row.event)
                yield f"| {' | '.join(cells)} |"


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
