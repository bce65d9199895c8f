"""One kind of the day's work: a count on the first page of the console, and a filter of the list that it leads to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

Row = TypeVar("Row", bound=Model)
# Counting further costs more than anybody learns from it.
MOST_COUNTED = 1000


@dataclass(frozen=True, kw_only=True)
class Work(Generic[Row]):
    """What it is called, why it matters, which rows it has at a time."""

    code: str
    name: str | Promise
    note: str | Promise
    rows: Callable[[datetime], QuerySet[Row]]
    tone: str

    def count(self, now: datetime) -> int:
        """Return how many there are; one above MOST_COUNTED stands for any more."""
        return self.rows(now).order_by()[: MOST_COUNTED + 1].count()
