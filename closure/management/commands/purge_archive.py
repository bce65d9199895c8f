"""`manage.py purge_archive`: destroys the keys of months that are over, and what outlived them (H01, H04)."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.write_ahead import empty_log
from closure.management.options import BatchOptions, Exit, Output, add_batch_options, single_run, until_signal
from closure.retention import afterwards, purge


class Command(BaseCommand):
    help = (
        "Destroy the archives whose month is over, less what is on hold, and what staff wrote of accounts whose "
        "archive is gone; --limit counts months. "
        "Exit 3: a month had to stay; 4: another run holds the lock."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of batch commands."""
        add_batch_options(parser, batch_size=purge.BATCH)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run; results on stdout, the exit code as the class says."""
        given = BatchOptions.of(options)
        output = Output(self.stdout, self.stderr, as_json=given.as_json, progress=given.progress)
        if given.dry_run:
            self._say_what_is_due(given, output)
            return
        counts = Counter(destroyed=0, moved=0, deleted=0, stayed=0, texts=0)
        with single_run("purge_archive", self.stderr), until_signal() as stop:
            for month in purge.left(given.now)[: given.limit]:
                if stop():
                    break
                done = purge.purge(month, now=given.now, batch_size=given.batch_size, stop=stop)
                output.line(_line(done))
                counts.update(
                    destroyed=done.destroyed, moved=done.moved, deleted=done.deleted, stayed=bool(done.broken)
                )
            counts["texts"] = afterwards.destroy(now=given.now, batch_size=given.batch_size, stop=stop)
            empty_log()
        output.summary(counts)
        if counts["stayed"]:
            raise SystemExit(Exit.SOME_FAILED)

    def _say_what_is_due(self, given: BatchOptions, output: Output) -> None:
        for month in purge.left(given.now)[: given.limit]:
            found = purge.due(month)
            output.line({"month": month, "would": "destroy", "records": found.records, "held": found.held})
        output.summary({"would_destroy": output.count, "texts": afterwards.left()})


def _line(done: purge.Purged) -> dict[str, Any]:
    result = "stayed" if done.broken else "destroyed" if done.destroyed else "going_on"
    return {
        "month": done.month,
        "result": result,
        "moved": done.moved,
        "deleted": done.deleted,
        "detail": done.broken,
    }
