"""One attempt at building a file: whose records, as of when, and how far it has come."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from accounts.models import Account

T = TypeVar("T")
# How often the builder is told: a few times a second.
EACH = 1000


@dataclass(kw_only=True)
class Work:
    """Whoever writes asks here for what is counted; `tell` may raise when somebody else has taken over."""

    account: Account
    now: datetime
    tell: Callable[[int], None]
    lines: int = 0

    def counted(self, rows: Iterable[T]) -> Iterator[T]:
        """Yield the rows and count them."""
        for row in rows:
            yield row
            self.lines += 1
            if self.lines % EACH == 0:
                self.tell(self.lines)
