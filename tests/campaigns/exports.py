"""Builds one customer's transactions and prints time and memory: `python -m tests.campaigns.exports --rows 1000000`.

The database is one of its own, SQLite unless DATABASE_URL says otherwise; the builder is the worker's own process. Its
memory is read from the kernel twice a second and compared with that of an idle builder. Then the file is read back and
compared row by row with what was put into the ledger. Exit 1 when it grew by more than 50 MB or a row differs.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

LIMIT_MIB = 50
BATCH = 5000
LOOK_SECONDS = 0.2
PATIENCE_SECONDS = 900.0
KINDS = ("trade", "deposit", "withdrawal", "fee", "p2p")
ASSETS = ("BTC", "USDT", "=ETH", "SOL")


def facts_of(number: int, started: datetime) -> dict[str, Any]:
    """Return the transaction of this number: digits at both ends, and names that must be marked."""
    return {
        "time": started + timedelta(seconds=number, microseconds=number % 7),
        "kind": KINDS[number % len(KINDS)],
        "asset": ASSETS[number % len(ASSETS)],
        "amount": f"{number}.{number % 10**9:018}",
        "fee": f"{number % 97}e-7",
        "reference": f"t-{number}",
    }


def row_of(number: int, started: datetime) -> list[str]:
    """Return the row that the table must have for it."""
    facts = facts_of(number, started)
    asset = f"'{facts['asset']}" if facts["asset"].startswith("=") else facts["asset"]
    at = f"{facts['time'].replace(tzinfo=None).isoformat()}Z"
    return [at, facts["kind"], asset, facts["amount"], facts["fee"], facts["reference"]]


def fill(account_id: UUID, rows: int, started: datetime) -> None:
    """Put the transactions into the ledger."""
    from accounts.ids import uuid7  # noqa: PLC0415  (Django is not ready when this file is read)
    from closure.exchange.ledger.models import LedgerTransaction  # noqa: PLC0415

    for start in range(0, rows, BATCH):
        LedgerTransaction.objects.bulk_create(
            LedgerTransaction(id=uuid7(), account_id=account_id, **facts_of(number, started))
            for number in range(start, min(start + BATCH, rows))
        )


def resident_mib(pid: int) -> float:
    """Return what a process holds in memory now; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    found = [int(line.split()[1]) for line in lines if line.startswith("VmRSS:")]
    return found[0] / 1024 if found else 0.0


def build(export_id: UUID) -> tuple[float, float, float]:
    """Have the worker's own builder build it; returns seconds, MiB when it began to write, and MiB at most."""
    from closure.models import Export  # noqa: PLC0415

    command = [sys.executable, "manage.py", "worker", "--exports", "--parent", str(os.getpid())]
    began = time.monotonic()
    builder = subprocess.Popen(command)
    idle = most = 0.0
    while builder.poll() is None and time.monotonic() - began < PATIENCE_SECONDS:
        held = resident_mib(builder.pid)
        if Export.objects.filter(pk=export_id, attempts=0).exists():
            idle = held
        most = max(most, held)
        time.sleep(LOOK_SECONDS)
    builder.kill()
    builder.wait()
    return time.monotonic() - began, idle, most


def lines_of(chunks: Iterator[bytes]) -> Iterator[str]:
    """Yield the lines of a file that comes in chunks."""
    left = b""
    for chunk in chunks:
        *whole, left = (left + chunk).split(b"\n")
        for line in whole:
            yield line.decode() + "\n"


def differences(chunks: Iterator[bytes], rows: int, started: datetime) -> int:
    """Return how many rows are not what they must be, missing and surplus ones included."""
    table = csv.reader(lines_of(chunks))
    wrong = int(next(table) != ["time", "kind", "asset", "amount", "fee", "reference"])
    number = 0
    for row in table:
        wrong += number >= rows or row != row_of(number, started)
        number += 1
    return wrong + abs(rows - number)


def run(rows: int) -> int:
    """Fill, build, compare and tell; returns the exit code."""
    from accounts import clock  # noqa: PLC0415
    from closure.enums import ExportKind  # noqa: PLC0415
    from closure.exports.contents import contents  # noqa: PLC0415
    from closure.models import Export  # noqa: PLC0415
    from tests.closure.exporting import asked  # noqa: PLC0415
    from tests.factories import make_account  # noqa: PLC0415

    ana = make_account(f"ana{time.time_ns()}")
    started = clock.now() - timedelta(days=400)
    began = time.monotonic()
    fill(ana.pk, rows, started)
    filled = time.monotonic() - began
    export = asked(ana, clock.now(), ExportKind.TRANSACTIONS)
    seconds, idle, most = build(export.pk)
    export = Export.objects.get(pk=export.pk)
    if export.state != "ready":
        sys.stdout.write(f"not ready: {export.state} {export.last_error}\n")
        return 1
    began = time.monotonic()
    chunks = contents(export, now=clock.now())
    first_byte = (time.monotonic() - began) * 1000
    wrong = differences(chunks, rows, started)
    sys.stdout.write(
        f"{rows} rows, {(export.size or 0) / 1e6:.1f} MB: filled in {filled:.0f} s, built in {seconds:.1f} s "
        f"({rows / seconds:.0f} rows/s, start of the process included), memory {idle:.0f} MiB idle, {most:.0f} MiB at "
        f"most (+{most - idle:.1f}), first byte after {first_byte:.1f} ms, {wrong} rows differ\n"
    )
    return int(wrong > 0 or most - idle > LIMIT_MIB or not idle)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="closeout-exports-") as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/portal.sqlite3")
        os.environ |= {"DEMO": "1", "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "portal.settings"}
        import django  # noqa: PLC0415  (reads the environment made above)
        from django.core.management import call_command  # noqa: PLC0415

        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        return run(options.rows)


if __name__ == "__main__":
    sys.exit(main())
