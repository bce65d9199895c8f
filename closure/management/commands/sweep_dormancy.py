"""`manage.py sweep_dormancy`: inactive and dormant accounts, their notices, and the report of unclaimed property."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from closure.dormancy import report, sweep
from closure.management.options import BatchOptions, Output, add_batch_options, single_run, until_signal


class Command(BaseCommand):
    help = (
        "Make accounts inactive and dormant as the policy says, each told before its date. Nothing is ever taken. "
        "--report lists whose property a law may call unclaimed, for staff. Exit 4: another run holds the lock."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of batch commands."""
        add_batch_options(parser, batch_size=sweep.BATCH)
        parser.add_argument("--report", action="store_true", help="list unclaimed property with its dates, and end")
        parser.add_argument(
            "--holdings", action="store_true", help="with --report: ask the core what is held where a date has come"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run; results on stdout, one line a batch."""
        given = BatchOptions.of(options)
        output = Output(self.stdout, self.stderr, as_json=given.as_json, progress=given.progress)
        if options["report"]:
            self._report(given, output, holdings=options["holdings"])
            return
        if given.dry_run:
            output.summary({f"would_{name}": count for name, count in sweep.due(now=given.now).items()})
            return
        with single_run("sweep_dormancy", self.stderr), until_signal() as stop:
            counts = sweep.sweep(
                now=given.now,
                batch_size=given.batch_size,
                limit=given.limit,
                report=lambda what, accounts: output.line({"result": what, "accounts": accounts}),
                stop=stop,
            )
        output.summary({name: counts[name] for name in sweep.outcomes()})

    def _report(self, given: BatchOptions, output: Output, *, holdings: bool) -> None:
        due = 0
        for each in report.unclaimed(now=given.now, limit=given.limit):
            due += each.due
            facts: dict[str, Any] = {
                "account": str(each.account_id),
                "place": each.place or "by policy",
                "on": each.on.isoformat(),
                "due": each.due,
                "told": each.told_at.isoformat() if each.reached else "not reached",
                "handled": each.handled_at.isoformat() if each.handled_at else "no",
            }
            if holdings and each.due:
                facts["holds"] = report.holdings(each.account_id, now=given.now)
            output.line(facts)
        output.summary({"unclaimed": output.count, "due": due})
