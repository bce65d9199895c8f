"""`manage.py finalize_closures`: closes what is due, without the worker or beside it."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from closure import effects, queries
from closure.finalization import claims
from closure.finalization.runner import BATCH_SIZE, finalize_due
from closure.finalization.summary import Result, Summary
from closure.management.options import BatchOptions, Exit, Output, add_batch_options, single_run, until_signal


class Command(BaseCommand):
    help = "Close what is due. Exit 3: some were held, blocked or failed; 4: another run holds the lock."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of batch commands."""
        add_batch_options(parser, batch_size=BATCH_SIZE)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run; results on stdout, the exit code as the class says."""
        given = BatchOptions.of(options)
        output = Output(self.stdout, self.stderr, as_json=given.as_json, progress=given.progress)
        if given.dry_run:
            self._say_what_is_due(given, output)
            return
        with single_run("finalize_closures", self.stderr), until_signal() as stop:
            # What a release or an earlier run left to be called comes first.
            effects.perform_due(now=given.now)
            summary = finalize_due(
                now=given.now,
                batch_size=given.batch_size,
                limit=given.limit,
                report=lambda result: output.line(_line(result)),
                stop=stop,
            )
        output.summary(asdict(summary))
        if _is_bad(summary):
            raise SystemExit(Exit.SOME_FAILED)

    def _say_what_is_due(self, given: BatchOptions, output: Output) -> None:
        found = {
            "ready": queries.elapsed(given.now) | queries.due(given.now),
            "going_on": claims.ready(given.now),
        }
        for name, rows in found.items():
            for reference in rows.order_by("id").values_list("reference", flat=True)[: given.limit]:
                output.line({"reference": reference, "would": name})
        output.summary({"would_close": output.count})


def _line(result: Result) -> dict[str, str]:
    return {"reference": result.reference, "result": str(result.ending), "detail": result.detail}


def _is_bad(summary: Summary) -> bool:
    return bool(summary.held or summary.blocked or summary.failed)
