"""Compares what the checks say of labelled photos with their labels."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from closure.evidence.enums import Fault, Outcome
from closure.evidence.verdicts import Verdict
from tests.closure.evidence.photos.labelled import Labelled


@dataclass
class Judgement:
    """What agreed, what did not, and what was refused though nothing is wrong with it."""

    agreed: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    false_refusals: list[str] = field(default_factory=list)
    also_refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    not_checked: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many photos were judged."""
        return self.kinds.total()

    @property
    def agreement(self) -> float:
        """The share of photos of which the checks say what their label says."""
        return self.agreed.total() / self.total

    def add(self, photo: Labelled, verdicts: Collection[Verdict]) -> None:
        """Compare one photo: a good one has to pass, a faulty one has to be refused for its fault."""
        kind = f"{photo.subject.value} {photo.fault.value if photo.fault else 'good'}"
        self.kinds[kind] += 1
        faults = {verdict.fault for verdict in verdicts if verdict.fault is not None}
        skipped = [each.check.value for each in verdicts if each.outcome is Outcome.NOT_CHECKED]
        self.not_checked.update((kind, check) for check in skipped)
        self.also_refused.update((kind, fault.value) for fault in faults if photo.fault and fault is not photo.fault)
        if photo.fault in faults or (photo.fault is None and not faults):
            self.agreed[kind] += 1
        elif photo.fault is None:
            self.false_refusals.append(f"{photo.name}: {_told(faults)}")
        else:
            self.missed.append(f"{photo.name}: {_told(faults) or 'fine'}")

    def lines(self) -> list[str]:
        """Return it all in words."""
        counts = sorted(self.kinds.items())
        return [
            *(f"{kind:26} {self.agreed[kind]} of {count}" for kind, count in counts),
            f"agreement {self.agreement:.1%} of {self.total} photos",
            f"false refusals {len(self.false_refusals)}: {'; '.join(self.false_refusals) or 'none'}",
            f"missed {len(self.missed)}: {'; '.join(self.missed) or 'none'}",
            "refused for more than the label says: " + _counted(self.also_refused),
            "not checked: " + _counted(self.not_checked),
        ]


def _counted(found: Counter[tuple[str, str]]) -> str:
    return "; ".join(f"{kind}: {what} {count}" for (kind, what), count in sorted(found.items())) or "none"


def _told(faults: set[Fault]) -> str:
    return ", ".join(sorted(fault.value for fault in faults))
