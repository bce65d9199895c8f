"""Imports accounts and what they hold from JSON Lines; bad lines are reported by number, the rest is kept."""

import json
import signal
import sys
import threading
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand

from accounts import clock
from closure.exchange.importing.run import BATCH, Run, Summary
from closure.management.single_run import ANOTHER_RUN_HOLDS_THE_LOCK, AnotherRun, only_run

FAILED, SOME_REFUSED = 1, 3


class Command(BaseCommand):
    help = (
        "Import accounts from a file of JSON Lines, one account a line. A line is all or nothing; the same file twice "
        "changes nothing. Exit: 0 all imported, 1 failed, 2 usage, 3 some lines refused, 4 another run is at work."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="path of the file, or - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="check every line and keep nothing")
        parser.add_argument("--batch-size", type=_positive, default=BATCH, help="lines a transaction (%(default)s)")
        parser.add_argument("--limit", type=_positive, help="stop after so many lines that are not blank")
        parser.add_argument("--as-of", type=_moment, help="time to write into the rows, ISO 8601 with its zone")
        parser.add_argument("--json", action="store_true", help="one JSON object a line, the summary last")
        parser.add_argument("--no-progress", action="store_true", help="no progress on a terminal")
        parser.add_argument("--no-input", action="store_true", help="accepted: nothing is ever asked")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with only_run("import_accounts"), _opened(options["file"]) as file, _sigterm() as stopped:
                self._run(file, options, stopped)
        except AnotherRun as error:
            self.stderr.write("Another import is at work. Wait for it to end.")
            raise SystemExit(ANOTHER_RUN_HOLDS_THE_LOCK) from error
        except OSError as error:
            self.stderr.write(f"{options['file']} cannot be read: {error.strerror}")
            raise SystemExit(FAILED) from error

    def _run(self, file: BinaryIO, options: dict[str, Any], stopped: list[int]) -> None:
        told = _Told(self, as_json=options["json"], progress=not options["no_progress"])
        run = Run(
            now=options["as_of"] or clock.now(),
            batch_size=options["batch_size"],
            limit=options["limit"],
            dry_run=options["dry_run"],
            stop=lambda: bool(stopped),
            told=told.batch,
        )
        summary = run.read(file)
        told.end(summary, dry_run=options["dry_run"])
        if stopped:
            self.stderr.write("Stopped; run the same file again to go on.")
            raise SystemExit(FAILED)
        if summary.refused:
            raise SystemExit(SOME_REFUSED)


class _Told:
    """Refused lines on stdout as they come, progress on stderr, and only on a terminal."""

    def __init__(self, command: Command, *, as_json: bool, progress: bool) -> None:
        self.out, self.err, self.as_json = command.stdout, command.stderr, as_json
        self.progress = progress and sys.stderr.isatty()
        self.refused = 0

    def batch(self, summary: Summary) -> None:
        """Tell what a batch brought."""
        for refused in summary.refused[self.refused :]:
            text = json.dumps(refused, ensure_ascii=False)
            self.out.write(text if self.as_json else f"line {refused['line']}: {refused['error']}")
        self.refused = len(summary.refused)
        if self.progress:
            self.err.write(f"\r{summary.lines:,} lines", ending="")

    def end(self, summary: Summary, *, dry_run: bool) -> None:
        """Tell the summary."""
        if self.progress:
            self.err.write("")
        if self.as_json:
            self.out.write(json.dumps({"summary": asdict(summary)}, ensure_ascii=False))
            return
        counts = f"{summary.created} created, {summary.updated} updated, {summary.unchanged} unchanged"
        self.out.write(f"{counts}, {len(summary.refused)} refused{' (dry run: nothing kept)' if dry_run else ''}")


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 10**9:
        raise ArgumentTypeError("must be a whole number above 0")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError("must be a time such as 2026-01-02T03:04:05Z") from error
    if found.tzinfo is None:
        raise ArgumentTypeError("must say its time zone, such as Z")
    return found.astimezone(UTC)


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield file


@contextmanager
def _sigterm() -> Iterator[list[int]]:
    """Collect SIGTERM so that the current batch ends; the handler of before comes back."""
    received: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield received  # only the main thread hears signals
        return
    before = signal.signal(signal.SIGTERM, lambda number, _frame: received.append(number))
    try:
        yield received
    finally:
        signal.signal(signal.SIGTERM, before)
