"""Checks the journal: what it says, what seals it, and what was kept of it elsewhere; names the first break."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.actors import Actor
from accounts.audit import Audit, verify
from accounts.published import Unreadable, read_notes

INTEGRITY_BROKEN = 5


class Command(BaseCommand):
    help = (
        "Check that no event of the journal was edited, removed or moved, and that it is still the journal of every "
        "checkpoint kept outside. Exit 5 names the first break."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--published",
            action="append",
            default=[],
            metavar="FILE",
            help="checkpoints that were kept outside: signed notes one after the other, or lines of export_journal; "
            "may be given again",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        published = [note for name in options["published"] for note in _notes(name)]
        found = verify(published, actor=Actor.system("verify_journal"), now=clock.now())
        self.stdout.write(json.dumps({"summary": _summary(found)}) if options["json"] else _words(found))
        if found.broken:
            raise SystemExit(INTEGRITY_BROKEN)


def _notes(name: str) -> list[str]:
    try:
        return read_notes(Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise CommandError(f"{name} cannot be used: {said}") from error


def _summary(found: Audit) -> dict[str, Any]:
    broken = found.broken
    return {
        "events": found.events,
        "sealed": found.sealed,
        "checkpoints": found.checkpoints,
        "waiting": found.waiting,
        "waiting_since": found.waiting_since.isoformat() if found.waiting_since else None,
        "broken": {"subject": broken.subject, "problem": broken.problem} if broken else None,
    }


def _words(found: Audit) -> str:
    if found.broken:
        return f"{found.broken.subject}: {found.broken.problem}"
    lines = [f"{found.events} events, all in order; {found.sealed} sealed by {found.checkpoints} checkpoints"]
    if found.waiting_since:
        lines.append(f"{found.waiting} not sealed yet, since {found.waiting_since.isoformat()}")
    return "\n".join(lines)
