"""What a check says of a photo, on both sides of the limited process."""

from dataclasses import dataclass
from typing import Any

from closure.evidence.enums import Fault, Outcome, PhotoCheck


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One check of one photo: good, against a rule, or not checked."""

    check: PhotoCheck
    outcome: Outcome
    fault: Fault | None = None

    def told(self) -> list[str]:
        """Return it as codes."""
        return [self.check.value, self.outcome.value, self.fault.value if self.fault else ""]

    @classmethod
    def read(cls, told: Any) -> "Verdict":
        """Return what `told` says; raises ValueError for anything else, whoever wrote it."""
        if not isinstance(told, list) or len(told) != len(("check", "outcome", "fault")):
            raise ValueError("not a verdict")
        check, outcome, fault = told
        return cls(check=PhotoCheck(check), outcome=Outcome(outcome), fault=Fault(fault) if fault else None)


def ok(check: PhotoCheck) -> Verdict:
    """Nothing is wrong."""
    return Verdict(check=check, outcome=Outcome.OK)


def refused(check: PhotoCheck, fault: Fault) -> Verdict:
    """The photo breaks a rule."""
    return Verdict(check=check, outcome=Outcome.REFUSED, fault=fault)


def not_checked(check: PhotoCheck) -> Verdict:
    """Nobody looked: staff do."""
    return Verdict(check=check, outcome=Outcome.NOT_CHECKED)
