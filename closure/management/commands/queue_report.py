"""`manage.py queue_report`: how old what waits for staff is, and what is past its time (L06)."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from closure.ageing import BREACHES, HELD, LATE, to_report, word
from closure.enums import Age
from closure.management.options import BatchOptions, Exit, Output, add_batch_options, until_signal
from closure.models import ClosureRequest

BATCH_SIZE = 500
COLUMNS = ("reference", "state", "submitted_at", "finalizes_before", "sealed_at", "policy_name")


class Command(BaseCommand):
    help = (
        "Tell what waits for staff with its age, and what is past its time, first due first; nothing is changed. "
        "Exit 3 with --fail-on-breach: something is past its time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of batch commands, and failing on a breach."""
        add_batch_options(parser, batch_size=BATCH_SIZE)
        parser.add_argument("--fail-on-breach", action="store_true", help="exit 3 when something is past its time")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Report; lines on stdout, the exit code as the class says."""
        given = BatchOptions.of(options)
        output = Output(self.stdout, self.stderr, as_json=given.as_json, progress=given.progress)
        counts = Counter[str]()
        found = to_report(given.now).only(*COLUMNS)
        found = found if given.limit is None else found[: given.limit]
        with until_signal() as stop:
            for request in found.iterator(chunk_size=given.batch_size):
                if stop():
                    break
                stands = word(request, given.now)
                counts[stands] += 1
                output.line(_line(request, stands, given.now))
        breaches = sum(counts[code] for code in BREACHES)
        output.summary({**{code: counts[code] for code in (*Age.values, HELD, LATE)}, "breaches": breaches})
        if breaches and options["fail_on_breach"]:
            raise SystemExit(Exit.SOME_FAILED)


def _line(request: ClosureRequest, stands: str, now: datetime) -> dict[str, Any]:
    submitted, due = request.submitted_at, request.finalizes_before
    return {
        "reference": request.reference,
        "state": request.state,
        "age": stands,
        "submitted": submitted and submitted.isoformat(),
        "due": due and due.isoformat(),
        "hours_waited": submitted and int((now - submitted).total_seconds() // 3600),
        "policy": request.policy_name,
    }
