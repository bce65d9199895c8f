"""What was erased from an embedded database is not kept by its write-ahead log, and nobody waits for that."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection, transaction

from accounts.models import Account
from accounts.write_ahead import empty_log
from portal.worker.sweeper import sweep_once
from tests.closure.planting import contents
from tests.factories import make_account

pytestmark = pytest.mark.django_db(transaction=True)


def log() -> bytes:
    """Return the log as it is; a server has none that is ours."""
    path = Path(f"{connection.settings_dict['NAME']}-wal")
    return contents(path) if connection.vendor == "sqlite" else b""


def reading(started: threading.Event, end: threading.Event) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # A transaction of ours wants to write at once; one that only reads is begun by hand.
        cursor.execute("ROLLBACK")
        cursor.execute("BEGIN DEFERRED" if connection.vendor == "sqlite" else "BEGIN")
        cursor.execute("SELECT count(*) FROM accounts_account")
        cursor.fetchone()
        started.set()
        end.wait(20)
    connection.close()


def test_sweep_leaves_nothing_in_the_log(now: datetime) -> None:
    make_account("ana")
    assert (b"ana@example.test" in log()) == (connection.vendor == "sqlite")
    Account.objects.update(email=None)
    assert sweep_once()
    assert log() == b""


def test_log_stays_while_somebody_reads_and_nobody_waits(now: datetime, whoever_reads: Callable[[], None]) -> None:
    make_account("ana")
    began = time.monotonic()
    emptied = empty_log()
    assert (emptied, time.monotonic() - began < 5) == (connection.vendor != "sqlite", True)
    whoever_reads()
    assert (empty_log(), log()) == (True, b"")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout" if connection.vendor == "sqlite" else "SELECT 20000")
        assert cursor.fetchone() == (20000,)


@pytest.fixture
def whoever_reads() -> Callable[[], None]:
    """Have somebody read all the while; gives how to end that."""
    started, end = threading.Event(), threading.Event()
    reader = threading.Thread(target=reading, args=(started, end))
    reader.start()
    assert started.wait(20)

    def stop() -> None:
        end.set()
        reader.join()

    return stop
