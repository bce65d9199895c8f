"""`manage.py purge_evidence`: destroys photos of evidence whose time after the decision is over, less what is held."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.write_ahead import empty_log
from closure.evidence import upkeep
from closure.management.options import BatchOptions, Output, add_batch_options, single_run, until_signal
from closure.models import Evidence


class Command(BaseCommand):
    help = (
        "Destroy photos of evidence whose case was resolved as long ago as the policy keeps them; what is on hold "
        "stays, and is told as held. Exit 4: another run holds the lock."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of batch commands."""
        add_batch_options(parser, batch_size=upkeep.BATCH)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run; results on stdout."""
        given = BatchOptions.of(options)
        output = Output(self.stdout, self.stderr, as_json=given.as_json, progress=given.progress)
        with single_run("purge_evidence", self.stderr), until_signal() as stop:
            if given.dry_run:
                self._say_what_is_due(given, output)
                return
            outcomes = upkeep.purge_due(now=given.now, batch_size=given.batch_size, limit=given.limit, stop=stop)
            for each in outcomes:
                output.line(_line(each.evidence, "held" if each.held else "destroyed"))
            mended = upkeep.mend(given.now)
            empty_log()
        held = sum(each.held for each in outcomes)
        output.summary({"destroyed": len(outcomes) - held, "held": held, "mended": mended})

    def _say_what_is_due(self, given: BatchOptions, output: Output) -> None:
        found = list(upkeep.due(given.now).order_by("pk")[: given.limit])
        held = upkeep.held(found)
        for row in found:
            output.line(_line(row, "held" if row.pk in held else "ready"))
        output.summary({"would_destroy": len(found) - len(held), "held": len(held)})


def _line(row: Evidence, result: str) -> dict[str, str]:
    return {"evidence": str(row.pk), "kind": row.kind, "taken": row.taken_at.isoformat(), "result": result}
