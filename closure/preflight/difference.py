"""What changed between two checks, for staff: submitted and now."""

from enum import StrEnum
from typing import NamedTuple

from closure.preflight.verdict import Check, Finding


class Change(StrEnum):
    """How a finding of one check stands in another."""

    SAME = "same"
    CHANGED = "changed"
    NEW = "new"
    CLEARED = "cleared"


class Changed(NamedTuple):
    """A finding and how it changed; a cleared one is the former finding, any other the present one."""

    state: Change
    finding: Finding


def difference(before: Check, after: Check) -> list[Changed]:
    """Return every finding of either check with its change: the present ones in order, then those that cleared."""
    former = {finding.code: finding for finding in (*before.blockers, *before.warnings)}
    present = {finding.code: finding for finding in (*after.blockers, *after.warnings)}
    now = [Changed(_change(former.get(code), finding), finding) for code, finding in present.items()]
    return now + [Changed(Change.CLEARED, finding) for code, finding in former.items() if code not in present]


def _change(former: Finding | None, present: Finding) -> Change:
    if former is None:
        return Change.NEW
    # Texts and estimated dates move with the clock; what was found, and the dates the core gave, do not.
    same = (former.verdict, former.found) == (present.verdict, present.found)
    return Change.SAME if same else Change.CHANGED
