"""Writes the sealed journal, its checkpoints or a proof as lines of JSON, for keeping and checking elsewhere."""

import errno
import json
import os
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from accounts import journal_export
from accounts.journal_export import Line, NotSealed


class Command(BaseCommand):
    help = (
        "Write the sealed events in their order and the checkpoints that signed them, one JSON object a line "
        "(docs/journal.md). Exit: 0 written, 1 failed, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--checkpoints-only", action="store_true", help="no events")
        what.add_argument("--proof", type=_event, metavar="EVENT", help="only the proof that this event is sealed")
        what.add_argument(
            "--consistent-with",
            type=_position,
            metavar="SIZE",
            help="only the proof that the journal still begins as the checkpoint of this size signed it",
        )
        parser.add_argument(
            "--since", type=_position, default=0, metavar="SIZE", help="go on after an export that ended at this size"
        )
        parser.add_argument("--output", type=Path, metavar="FILE", help="a new file; it appears when it is complete")
        parser.add_argument("--dry-run", action="store_true", help="write the summary alone")
        parser.add_argument("--json", action="store_true", help="accepted: it is always JSON")
        parser.add_argument("--no-progress", action="store_true", help="accepted: none is shown")
        parser.add_argument("--no-input", action="store_true", help="accepted: nothing is ever asked")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with _opened(options["output"], self.stdout) as out:
                for line in _lines(options):
                    if not options["dry_run"] or line["type"] == "summary":
                        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        except NotSealed as error:
            raise CommandError(str(error)) from error
        except LookupError as error:
            raise CommandError("The journal has gaps. Run verify_journal: it names the first.") from error
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error.strerror}") from error


def _lines(options: dict[str, Any]) -> Iterator[Line]:
    if options["proof"]:
        return iter([journal_export.inclusion(options["proof"])])
    if options["consistent_with"] is not None:
        return iter([journal_export.consistency(options["consistent_with"])])
    return journal_export.chained(
        journal_export.lines(since=options["since"], checkpoints_only=options["checkpoints_only"])
    )


@contextmanager
def _opened(path: Path | None, stdout: OutputWrapper) -> Iterator[TextIO | OutputWrapper]:
    """Give where to write; a file gets its name when everything is in it, and never takes that of another."""
    if path is None:
        yield stdout
        return
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    number, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)
    finally:
        Path(part).unlink()


def _event(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ArgumentTypeError("must be the id of an event") from error


def _position(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ArgumentTypeError("must be a whole number")
    return int(text)
