"""Imports a file in batches: what is refused is told by line, the rest is kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from django.db import DataError, IntegrityError, transaction

from accounts import identity_check
from closure.exchange.importing.accounts import Outcome, import_line
from closure.exchange.importing.errors import IdentityInUse, LineRefused
from closure.exchange.importing.lines import Line, read_lines

BATCH = 100


@dataclass
class Summary:
    """What an import did; `refused` has a line's number and the reason."""

    created: int = 0
    unchanged: int = 0
    updated: int = 0
    refused: list[dict[str, int | str]] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return self.created + self.unchanged + self.updated + len(self.refused)


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a file is imported; `stop` is asked after each batch, `told` hears of what was done."""

    now: datetime
    batch_size: int = BATCH
    limit: int | None = None
    dry_run: bool = False
    stop: Callable[[], bool] = lambda: False
    told: Callable[[Summary], None] = lambda _summary: None

    def read(self, file: BinaryIO) -> Summary:
        """Import an open file and return the summary; each batch is one transaction, each line a part of its own.

        A dry run takes every batch back, so it counts a person who stands in two batches as new in both.
        """
        summary = Summary()
        lines = islice(read_lines(file), self.limit)
        for batch in _batches(lines, self.batch_size):
            with transaction.atomic():
                for line in batch:
                    self._one(line, summary)
                transaction.set_rollback(self.dry_run)
            self.told(summary)
            if self.stop():
                break
        return summary

    def _one(self, line: Line, summary: Summary) -> None:
        try:
            outcome = _import(line, self.now)
        except IdentityInUse as error:
            summary.refused.append({"line": line.number, "error": self._told(error)})
        except LineRefused as error:
            summary.refused.append({"line": line.number, "error": error.reason})
        except (DataError, IntegrityError):
            summary.refused.append({"line": line.number, "error": "the database does not take this line"})
        else:
            setattr(summary, outcome.value, getattr(summary, outcome.value) + 1)

    def _told(self, error: IdentityInUse) -> str:
        """Return the reason with the case that tells staff more; it is opened beside the line, which left nothing."""
        if self.dry_run:
            return error.reason
        refused = identity_check.refuse(error.conflicts, account_id=error.account_id, now=self.now)
        return f"{error.reason}: see case {refused.reference}"


def _import(line: Line, now: datetime) -> Outcome:
    if line.refused is not None or line.content is None:
        raise line.refused or LineRefused("the line is empty")
    return import_line(line.content, now=now)


def _batches(lines: Iterator[Line], size: int) -> Iterator[Iterator[Line]]:
    """Yield batches that read as they go: a long line is never held beside the next."""
    for first in lines:
        yield _chain(first, islice(lines, size - 1))


def _chain(first: Line, rest: Iterator[Line]) -> Iterator[Line]:
    yield first
    yield from rest
