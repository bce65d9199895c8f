"""`manage.py replay_closures`: after a restore, closes again what was closed since the backup (H06)."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.exceptions import PortalError
from closure.management.options import BatchOptions, Exit, Output, add_batch_options, single_run, until_signal
from closure.restore import book, run
from closure.restore.run import Became, Outcome


class Command(BaseCommand):
    help = (
        "Close again what the book of closures (CLOSURE_BOOK_DIR) says and this database, restored from an older "
        "backup, does not. Stop web and workers first; safe to run again. --limit counts pages. "
        "Exit 3: some are on hold, failed, or closed here without a page; 4: another run holds the lock; "
        "5: a page is broken."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of batch commands, and whether missing pages are written."""
        add_batch_options(parser, batch_size=book.BATCH)
        parser.add_argument(
            "--write-missing", action="store_true", help="write the pages of what is closed here and has none"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run; results on stdout, the exit code as the class says."""
        given = BatchOptions.of(options)
        output = Output(self.stdout, self.stderr, as_json=given.as_json, progress=given.progress)
        if next(book.paths(), None) is None and not options["write_missing"]:
            raise CommandError(f"{settings.CLOSURE_BOOK_DIR} has no page. Is it the folder of the book of closures?")
        if given.dry_run:
            self._say_what_would_be(given, output)
            return
        counts = Counter(dict.fromkeys(Became, 0))

        def tell(outcome: Outcome) -> None:
            counts[outcome.became] += 1
            if outcome.became is not Became.KNOWN:
                output.line({"reference": outcome.reference, "result": outcome.became, "detail": outcome.detail})

        with single_run("replay_closures", self.stderr), until_signal() as stop:
            try:
                run.replay_all(now=given.now, batch_size=given.batch_size, limit=given.limit, report=tell, stop=stop)
            except PortalError as error:
                raise CommandError(error.message) from error
            missing = self._without_page(output, write=options["write_missing"])
        output.summary({**{str(name): count for name, count in counts.items()}, **missing, "open": run.undecided()})
        if counts[Became.BROKEN]:
            raise SystemExit(Exit.BROKEN)
        if counts[Became.HELD] or counts[Became.FAILED] or missing["without_page"]:
            raise SystemExit(Exit.SOME_FAILED)

    @staticmethod
    def _without_page(output: Output, *, write: bool) -> dict[str, int]:
        counts = {"without_page": 0, "written": 0}
        for request in run.without_page():
            if write:
                with transaction.atomic():
                    book.rewrite([request.pk])
            result = "written" if book.path_of(request).is_file() else "without_page"
            counts[result] += 1
            output.line({"reference": request.reference, "result": result, "detail": ""})
        return counts

    @staticmethod
    def _say_what_would_be(given: BatchOptions, output: Output) -> None:
        counts: Counter[str] = Counter()

        def tell(reference: str, found: str) -> None:
            counts[found] += 1
            output.line({"reference": reference, "here": found})

        run.look(limit=given.limit, report=tell)
        output.summary({**counts, "without_page": sum(1 for _ in run.without_page()), "open": run.undecided()})
