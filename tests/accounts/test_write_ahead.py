"""What was erased from an embedded database is not kept by its write-ahead log, and nobody waits for that."""

import time
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import Account
from accounts.write_ahead import empty_log
from portal.worker.sweeper import sweep_once
from tests.closure.planting import contents
from tests.connected import connected
from tests.factories import make_account

pytestmark = pytest.mark.django_db(transaction=True)


def log() -> bytes:
    """Return the log as it is; a server has none that is ours."""
    path = Path(f"{connection.settings_dict['NAME']}-wal")
    return contents(path) if connection.vendor == "sqlite" else b""


def test_sweep_leaves_nothing_in_the_log(now: datetime) -> None:
    with connected():
        make_account("ana")
        assert (b"ana@example.test" in log()) == (connection.vendor == "sqlite")
        Account.objects.update(email=None)
        assert sweep_once()
        assert b"ana@example.test" not in log()


def test_log_stays_while_somebody_reads_and_nobody_waits(now: datetime) -> None:
    with connected(reads=True):
        make_account("ana")
        began = time.monotonic()
        emptied = empty_log()
        assert (emptied, time.monotonic() - began < 5) == (connection.vendor != "sqlite", True)
    assert (empty_log(), log()) == (True, b"")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout" if connection.vendor == "sqlite" else "SELECT 20000")
        assert cursor.fetchone() == (20000,)
