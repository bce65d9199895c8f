"""The part of the dormancy campaign that pytest runs (tests/campaigns/dormancy.py starts it)."""

import os
import random
import signal
import sys
import time
from collections import Counter
from datetime import datetime

import pytest
from django.db import connection, connections

from accounts.models import DormancyNotice, OutboxMessage
from closure.dormancy.sweep import sweep
from tests.campaigns.dormancy import ACCOUNTS, KILLS, SEED
from tests.closure.dormancy.sleepers import many_asleep

pytestmark = pytest.mark.django_db(transaction=True)
BATCH = 2000


def life(now: datetime, *, killed_after: float | None) -> None:
    """Sweep in a process of its own, which is killed after so many seconds if it has not ended."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        sweep(now=now, batch_size=BATCH)
        os._exit(0)
    if killed_after is not None:
        time.sleep(killed_after)
        os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    assert killed_after is not None or status == 0


def test_everybody_is_told_once(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    chance, people = random.Random(int(os.environ[SEED])), int(os.environ[ACCOUNTS])
    began = time.monotonic()
    many_asleep(people, now=now, status="inactive")
    lines = [f"{people} accounts made in {time.monotonic() - began:.0f} s"]
    told = 0
    for kill_after in [*(chance.uniform(1, 6) for _time in range(int(os.environ[KILLS]))), None]:
        began = time.monotonic()
        life(now, killed_after=kill_after)
        seconds, before, told = time.monotonic() - began, told, DormancyNotice.objects.count()
        ended = "killed" if kill_after else "ended"
        lines.append(f"{told - before:8} told in {seconds:6.1f} s, {(told - before) / seconds:7.0f}/s, {ended}")
    began = time.monotonic()
    assert sweep(now=now) == Counter()
    lines.append(f"       0 told in {time.monotonic() - began:6.3f} s by a second run")
    with capsys.disabled():
        sys.stdout.write("\n".join([f"\nseed {os.environ[SEED]}, {connection.vendor}", *lines]) + "\n")
    assert told == people
    assert OutboxMessage.objects.values("account_id").distinct().count() == OutboxMessage.objects.count() == people
