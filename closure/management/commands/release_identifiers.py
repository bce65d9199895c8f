"""`manage.py release_identifiers`: takes blocks off the list whose time is over, less what is on hold (G08)."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.block_expiry import BATCH, Outcome, release
from closure.management.options import BatchOptions, Output, add_batch_options, single_run, until_signal


class Command(BaseCommand):
    help = (
        "Free identifiers of closed accounts whose block is over; what is on hold stays, and is told as held. "
        "Exit 4: another run holds the lock."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of batch commands."""
        add_batch_options(parser, batch_size=BATCH)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run; results on stdout."""
        given = BatchOptions.of(options)
        output = Output(self.stdout, self.stderr, as_json=given.as_json, progress=given.progress)
        with single_run("release_identifiers", self.stderr), until_signal() as stop:
            counts = release(
                now=given.now,
                batch_size=given.batch_size,
                limit=given.limit,
                dry_run=given.dry_run,
                report=lambda outcome: output.line(_line(outcome, dry_run=given.dry_run)),
                stop=stop,
            )
        found = asdict(counts)
        output.summary({"would_release": found["released"], "held": found["held"]} if given.dry_run else found)


def _line(outcome: Outcome, *, dry_run: bool) -> dict[str, str]:
    row = outcome.block
    result = "held" if outcome.held else "ready" if dry_run else "released"
    return {"block": str(row.pk), "kind": row.kind, "until": row.blocked_until.isoformat(), "result": result}
