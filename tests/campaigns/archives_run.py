"""The part of the archive campaign that pytest runs (tests/campaigns/archives.py starts it)."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from closure.retention import purge, rotation
from closure.retention.archive import ArchiveFile, open_record, seal
from closure.retention.canary import NOBODY
from closure.retention.enums import RecordClass
from closure.retention.lines import line
from closure.retention.models import ArchivePrint, ArchiveRecord
from closure.retention.months import store
from tests.campaigns.archives import COUNT
from tests.campaigns.import_accounts import peak_mib
from tests.closure.retention.ending import ONE_YEAR, certificates, over_by, sealed_long_ago
from tests.closure.retention.sealing import hold, make_file, months

BATCH = 500
HELD_OF = 100  # one in so many
OPENED = 2_000
# What a run may grow by once its first tenth is through, however many archives there are.
GROWTH_MIB = 32

Told = list[str]


def contents(number: int) -> list[tuple[RecordClass, bytes]]:
    """Return the parts of a usual customer: who, how it was decided, and twenty transactions."""
    account = line("accounts.Account", {"name": f"Ana Diaz {number}", "email": f"p{number}@example.test"})
    check = line("closure.CheckRun", {"moment": "finalize", "result": {"areas": ["spot"] * 24, "number": number}})
    history = [
        line("core.Transaction", {"time": "2026-01-02", "asset": "BTC", "amount": f"0.{number}{each}"})
        for each in range(20)
    ]
    return [
        (RecordClass.IDENTITY, account),
        (RecordClass.CLOSURE_FILE, check * 3),
        (RecordClass.TRANSACTIONS, b"".join(history)),
    ]


def batches(count: int, closed_at: datetime) -> Iterator[list[ArchiveFile]]:
    for start in range(0, count, BATCH):
        yield [
            make_file(f"p{number}", closed_at=closed_at, terms=ONE_YEAR, parts=contents(number))
            for number in range(start, min(start + BATCH, count))
        ]


@pytest.mark.django_db(transaction=True)
def test_archives(now: datetime, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.ARCHIVE_KEYS_DIR = tmp_path / "keys"
    count = int(os.environ[COUNT])
    month = over_by(now, months=3)
    first = sealed_long_ago("first", month=month)
    told: Told = []
    grown = seal_all(count, first.closed_at, told)
    rows = ArchiveRecord.objects.filter(key_month=month).exclude(account_id=NOBODY)
    assert rows.count() == 3 * (count + 1)
    keys = list(rows.values_list("pk", flat=True)[:OPENED])
    timed(told, "open, records", len(keys), lambda: [open_record(key, now=first.closed_at) for key in keys])
    rotation.begin_renewal(now=now)
    timed(told, "re-wrap, records", 3 * count, lambda: rotation.renew(month))
    assert store().generations(month) == [2]
    held = list(ArchivePrint.objects.order_by("pk").values_list("account_id", flat=True)[::HELD_OF])
    for account_id in held:
        hold(account_id, now=now)
    end_all(month, now, told, count=count, held=len(held))
    with capsys.disabled():
        sys.stdout.write("\n".join(["", f"{connection.vendor}, {count} archives", *told, ""]))
    assert grown < GROWTH_MIB


def seal_all(count: int, closed_at: datetime, told: Told) -> float:
    """Seal in batches as finalization does; returns by how much memory grew after the first tenth."""
    begun, peak, done = time.monotonic(), 0.0, 0
    for files in batches(count, closed_at):
        with transaction.atomic():
            seal(files, now=closed_at)
        done += len(files)
        if not peak and done >= count / 10:
            peak = peak_mib()
    rate(told, "seal, archives", count, time.monotonic() - begun)
    return peak_mib() - peak


def end_all(month: str, now: datetime, told: Told, *, count: int, held: int) -> None:
    """Purge the month, its two parts timed apart: until the key is gone, and the rows after it."""
    marked: list[float] = []
    begun = time.monotonic()

    def stop() -> bool:
        if not marked and month in months("destroyed"):
            marked.append(time.monotonic() - begun)
        return False

    done = purge.purge(month, now=now, stop=stop)
    seconds = time.monotonic() - begun
    assert (done.destroyed, done.moved, store().generations(month)) == (True, 3 * held, [])
    assert [each["month"] for each in certificates()] == [month]
    assert ArchiveRecord.objects.filter(key_month=month).count() == 0
    told.append(f"key of {count} archives destroyed, {3 * held} held records moved, in {marked[0]:.1f} s")
    rate(told, "rows deleted", done.deleted, seconds - marked[0])


def timed(told: Told, what: str, count: int, work: Callable[[], object]) -> None:
    begun = time.monotonic()
    work()
    rate(told, what, count, time.monotonic() - begun)


def rate(told: Told, what: str, count: int, seconds: float) -> None:
    told.append(f"{what} {count / seconds:,.0f}/s (peak {peak_mib():.0f} MiB)")
