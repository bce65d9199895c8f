"""One kind of the day's work: a count on the first page of the console, and a filter of the list that it leads to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Work(Generic[Row]):
    """What it is called, why it matters, which rows it has at a time."""

    code: str
    name: str | Promise
    note: str | Promise
    rows: Callable[[datetime], QuerySet[Row]]
    tone: str
