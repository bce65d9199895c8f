"""What a run of finalization did, for commands and logs."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum


class Ending(StrEnum):
    """How one request left the run. `blocked`: held because something has to be cleared again."""

    CLOSED = "closed"
    HELD = "held"
    BLOCKED = "blocked"
    FAILED = "failed"
    WAITING = "waiting"


@dataclass(frozen=True, kw_only=True)
class Result:
    """One request: its reference, how it left the run, and the code of what stood in its way."""

    reference: str
    ending: Ending
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Counts of one run."""

    closed: int = 0
    held: int = 0
    blocked: int = 0
    failed: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        """How many requests were touched."""
        return sum(asdict(self).values())


Report = Callable[[Result], None]


def nobody(_result: Result) -> None:
    """Tell nobody."""


@dataclass
class Tally:
    """Counts while a run goes on, and tells whoever wants to know."""

    report: Report = nobody
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Ending, 0))

    def add(self, reference: str, ending: Ending, detail: str = "") -> None:
        """Count one request."""
        self.counts[ending] += 1
        self.report(Result(reference=reference, ending=ending, detail=detail))

    def summary(self) -> Summary:
        """Return the counts so far."""
        return Summary(**{str(ending): count for ending, count in self.counts.items()})
