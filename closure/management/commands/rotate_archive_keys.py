"""`manage.py rotate_archive_keys`: wraps archive keys anew, never reading what is sealed (H04)."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from closure.management.options import BatchOptions, Exit, Output, add_batch_options, single_run, until_signal
from closure.retention import rotation
from closure.retention.rotation import Rotated


class Command(BaseCommand):
    help = (
        "Wrap the keys of all months by the newest of ARCHIVE_KEYS, and go on with a renewal that was cut off; "
        "--renew also gives every month a new key. --limit counts months. "
        "Exit 3: a month could not be done; 4: another run holds the lock."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of batch commands, and whether months get new keys."""
        add_batch_options(parser, batch_size=rotation.BATCH)
        parser.add_argument("--renew", action="store_true", help="give every month a new key and wrap its records anew")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run; results on stdout, the exit code as the class says."""
        given = BatchOptions.of(options)
        output = Output(self.stdout, self.stderr, as_json=given.as_json, progress=given.progress)
        if given.dry_run:
            self._say_what_is_due(given, output, renew=options["renew"])
            return
        counts = Counter(files=0, records=0, failed=0)
        with single_run("rotate_archive_keys", self.stderr), until_signal() as stop:
            for done in self._rotate(given, renew=options["renew"], stop=stop):
                if done.files or done.records or done.broken:
                    output.line(_line(done))
                counts.update(files=done.files, records=done.records, failed=bool(done.broken))
        output.summary(counts)
        if counts["failed"]:
            raise SystemExit(Exit.SOME_FAILED)

    def _rotate(self, given: BatchOptions, *, renew: bool, stop: Callable[[], bool]) -> Iterator[Rotated]:
        for month in rotation.months_with_files()[: given.limit]:
            if stop():
                return
            yield rotation.wrap_by_ring(month, now=given.now)
        if renew and not stop() and not rotation.begin_renewal(now=given.now):
            self.stderr.write("No new keys were made: an earlier renewal is gone on with, or nothing is sealed yet.")
        for month in rotation.renewing()[: given.limit]:
            if stop():
                return
            yield rotation.renew(month, batch_size=given.batch_size, stop=stop)

    def _say_what_is_due(self, given: BatchOptions, output: Output, *, renew: bool) -> None:
        renewing = set(rotation.open_months() if renew else rotation.renewing())
        for month in rotation.months_with_files()[: given.limit]:
            output.line({"month": month, "would": "renew" if month in renewing else "wrap"})
        output.summary({"would_rotate": output.count})


def _line(done: Rotated) -> dict[str, Any]:
    return {"month": done.month, "files": done.files, "records": done.records, "detail": done.broken}
