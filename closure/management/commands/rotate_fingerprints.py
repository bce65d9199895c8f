"""`manage.py rotate_fingerprints`: after FINGERPRINT_KEYS got a new newest key (docs/operations.md, "Keys")."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts import keys, rotation
from accounts.models import Identifier
from closure.management.options import BatchOptions, Exit, Output, add_batch_options, single_run, until_signal


class Command(BaseCommand):
    help = (
        "Fingerprint with the newest key what the database knows in plain, and say how many rows still need each "
        "version. Exit 3: rows could not be done; 4: another run holds the lock."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of batch commands."""
        add_batch_options(parser, batch_size=rotation.BATCH)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run; one line for each row that failed, then one for each table and version."""
        given = BatchOptions.of(options)
        output = Output(self.stdout, self.stderr, as_json=given.as_json, progress=given.progress)
        counts: dict[str, int] = {"would_renew": rotation.behind()}
        if not given.dry_run:
            with single_run("rotate_fingerprints", self.stderr), until_signal() as stop:
                counts = asdict(
                    rotation.rotate(
                        batch_size=given.batch_size,
                        limit=given.limit,
                        report=lambda row: output.line(_failed(row)),
                        stop=stop,
                    )
                )
        newest, old = keys.newest_version(), 0
        for use in rotation.uses():
            output.line(asdict(use))
            old += use.rows if use.version != newest else 0
        output.summary({**counts, "need_old_keys": old})
        if counts.get("failed"):
            raise SystemExit(Exit.SOME_FAILED)


def _failed(row: Identifier) -> dict[str, str]:
    return {"account": str(row.account_id), "kind": row.kind, "result": "failed"}
