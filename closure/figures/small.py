"""Small numbers stay unsaid (docs/decisions/0022-small-numbers.md): what is shown of a count is a multiple of five.

A count is taken month by month, and each month's is rounded down before months are added. So what a range of months
shows is the sum of what each of its months shows, and two ranges tell no more than the months that they differ by.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _

LEAST = 5
# Number of a month, kind of row, how many.
Found = tuple[int, str, int]


@dataclass(frozen=True, kw_only=True)
class Count:
    """One line of a figure. `shown` is a multiple of five that the true count is not below; 0 stands for "fewer"."""

    code: str
    label: str | Promise
    shown: int


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What one chart and its table show. `by_month`: its counts were taken in more months than one."""

    code: str
    title: str | Promise
    unit: str | Promise
    note: str | Promise
    counts: tuple[Count, ...]
    by_month: bool = False

    @classmethod
    def of(cls, kinds: Iterable[TextChoices], found: Iterable[Found], **words: Any) -> "Figure":
        """Return the figure of these kinds, in their order, with what may be said of what was found."""
        shown = said(found)
        return cls(
            counts=tuple(Count(code=kind.value, label=kind.label, shown=shown.get(kind.value, 0)) for kind in kinds),
            **words,
        )

    @property
    def most(self) -> int:
        """The largest number shown."""
        return max((count.shown for count in self.counts), default=0)

    @property
    def lines(self) -> list[tuple[Count, str]]:
        """The lines of the table, each with its number in words."""
        return [(count, self.said(count)) for count in self.counts]

    def said(self, count: Count) -> str:
        """Return a count in the words that everybody reads: chart, table and screen reader alike."""
        if count.shown:
            return f"{count.shown}+"
        return _("fewer than 5 a month") if self.by_month else _("fewer than 5")


def said(found: Iterable[Found]) -> dict[str, int]:
    """Return what may be said of each kind: a month's counts of it are added, rounded down, and then the months."""
    true: dict[tuple[int, str], int] = defaultdict(int)
    for month, kind, number in found:
        true[month, kind] += number
    shown: dict[str, int] = defaultdict(int)
    for (_month, kind), number in true.items():
        shown[kind] += number - number % LEAST
    return dict(shown)
