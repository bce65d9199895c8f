"""What all batch commands share: their options, one line a result, exit codes, one run at a time, ending in between."""

import argparse
import fcntl
import json
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from types import FrameType
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandParser, OutputWrapper

from accounts import clock, identifiers
from accounts.models import Account


class Exit(IntEnum):
    """Exit codes of commands."""

    OK = 0
    FAILED = 1
    USAGE = 2
    SOME_FAILED = 3
    ANOTHER_RUN = 4
    BROKEN = 5


@dataclass(frozen=True, kw_only=True)
class BatchOptions:
    """The options as a command was given them; `now` is `--as-of` or the portal's time."""

    dry_run: bool
    batch_size: int
    limit: int | None
    now: datetime
    as_json: bool
    progress: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "BatchOptions":
        """Read what `add_batch_options` added."""
        return cls(
            dry_run=options["dry_run"],
            batch_size=options["batch_size"],
            limit=options["limit"],
            now=options["as_of"] or clock.now(),
            as_json=options["json"],
            progress=options["progress"],
        )


def add_batch_options(parser: CommandParser, *, batch_size: int) -> None:
    """Add the options that every batch command has."""
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--batch-size", type=positive, default=batch_size, metavar="N")
    parser.add_argument("--limit", type=positive, default=None, metavar="N", help="at most so many in all")
    parser.add_argument("--as-of", type=moment, default=None, metavar="ISO", help="a time to act as of; UTC by default")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, a summary last")
    parser.add_argument("--no-progress", dest="progress", action="store_false", help="no count on the terminal")
    parser.add_argument("--no-input", action="store_true", help="accepted everywhere; nothing is ever asked")


def positive(text: str) -> int:
    """Read a number above zero."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def moment(text: str) -> datetime:
    """Read an ISO 8601 time; one without a zone is UTC."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no ISO 8601 time") from error
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read


def find_account(text: str) -> Account | None:
    """Return the account of an e-mail address, phone number or id; a closed one is found by its id alone."""
    try:
        return Account.objects.filter(pk=UUID(text)).first()
    except ValueError:
        return identifiers.find_account(text)


class Output:
    """Results on stdout, one a line, a summary last; a count on stderr where that is a terminal."""

    def __init__(self, stdout: OutputWrapper, stderr: OutputWrapper, *, as_json: bool, progress: bool) -> None:
        self.stdout, self.stderr, self.as_json = stdout, stderr, as_json
        self.progress = progress and stderr.isatty()
        self.count = 0

    def line(self, item: Mapping[str, Any]) -> None:
        """Tell one result."""
        self.count += 1
        self.stdout.write(json.dumps(item) if self.as_json else "  ".join(str(value) for value in item.values()))
        if self.progress:
            self.stderr.write(f"\r{self.count}", ending="")

    def summary(self, counts: Mapping[str, Any]) -> None:
        """Tell the counts, last."""
        if self.progress and self.count:
            self.stderr.write("")
        words = ", ".join(f"{count} {name}" for name, count in counts.items())
        self.stdout.write(json.dumps({"summary": dict(counts)}) if self.as_json else words)


@contextmanager
def single_run(name: str, stderr: OutputWrapper) -> Iterator[None]:
    """Hold the lock of a command on this host, until its process ends; exits with code 4 when another has it."""
    path = settings.VAR_DIR / f"{name}.lock"
    with path.open("a") as file:
        if not _lock(file):
            stderr.write(f"Another {name} is running.")
            raise SystemExit(Exit.ANOTHER_RUN)
        yield


def _lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def until_signal() -> Iterator[Callable[[], bool]]:
    """Give a question that is answered yes after SIGTERM or Ctrl-C: the batch that is going on is finished first."""
    asked = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
