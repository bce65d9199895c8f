"""What keeps lists of requests as fast at a million rows as at a thousand: an index for each that staff work from.

Partial ones follow what is open; what is over, nearly all of a large table, is in two only.
"""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.expressions import Func

from closure.enums import LIVE_STATES, ClosureState

# The codes of closure.flags, which is on a later layer; a test compares them.
FLAGS = ("brake", "contact_change", "large_withdrawals", "deposit", "name_mismatch", "face_declined")
DUE_FIRST = ("finalizes_before", "id")


class Spelled(Func):
    """A condition whose codes are part of the statement and no parameters of it.

    Only so does SQLite see that a partial index fits; PostgreSQL would see it either way.
    """

    arity = 1
    output_field = models.BooleanField()

    def __init__(self, column: Any, *, codes: str) -> None:
        parts = codes.split()
        if not all(part.isidentifier() for part in parts):
            message = f"{codes!r} are no codes"
            raise ValueError(message)
        super().__init__(column, code=parts[0], listed=", ".join(f"'{part}'" for part in parts))


class Among(Spelled):
    """Whether a column has one of these codes, which are given with spaces in between."""

    template = "%(expressions)s IN (%(listed)s)"


class HasWord(Spelled):
    """Whether a JSON column has a code as one of its texts."""

    template = "%(function)s(CAST(%(expressions)s AS text), '\"%(code)s\"') > 0"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Ask as PostgreSQL does."""
        return super().as_sql(compiler, connection, function="strpos", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Ask as SQLite does."""
        return super().as_sql(compiler, connection, function="instr", **context)


def _state(*states: ClosureState) -> Q:
    return Q(Among("state", codes=" ".join(sorted(states))))


IS_LIVE = _state(*LIVE_STATES) & Q(sealed_at=None)
IS_UNASSIGNED = _state(ClosureState.IN_REVIEW) & Q(assigned_to=None)
IS_PROPOSED = _state(ClosureState.IN_REVIEW) & Q(proposed_at__isnull=False)
IS_PARKED = _state(ClosureState.FINALIZING) & Q(parked_at__isnull=False)
IS_FAILING = _state(ClosureState.FINALIZING) & Q(HasWord("plan", codes="failed"))


def is_flagged(flag: str) -> Q:
    """Return the condition that an open request has a flag; raises ValueError for what is no code."""
    return IS_LIVE & Q(HasWord("flags", codes=flag))


QUEUE_INDEXES = (
    models.Index(fields=DUE_FIRST, condition=IS_LIVE, name="closure_live"),
    models.Index(fields=["state", *DUE_FIRST], name="closure_states"),
    models.Index(fields=DUE_FIRST, condition=Q(submitted_at__isnull=False), name="closure_submitted"),
    models.Index(fields=["state", *DUE_FIRST], condition=IS_UNASSIGNED, name="closure_unassigned"),
    models.Index(fields=["proposed_at", "id"], condition=IS_PROPOSED, name="closure_second"),
    models.Index(fields=["assigned_to"], condition=Q(assigned_to__isnull=False), name="closure_assigned"),
    models.Index(fields=["desk_by"], condition=Q(desk_by__isnull=False), name="closure_desk"),
    models.Index(fields=["state", "id"], condition=IS_FAILING, name="closure_failing"),
    models.Index(fields=["state", "id"], condition=IS_PARKED, name="closure_parked"),
    *(models.Index(fields=DUE_FIRST, condition=is_flagged(flag), name=f"closure_{flag}") for flag in FLAGS),
)
