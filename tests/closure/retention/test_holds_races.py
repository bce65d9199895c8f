"""A hold and whoever destroys the key of its month: one of them is first, and the other sees it (invariant 19)."""

from collections import Counter
from datetime import datetime
from functools import partial
from random import Random
from time import sleep

import pytest
from django.db import transaction

from accounts.exceptions import PortalError
from closure.retention.enums import MonthState
from closure.retention.models import ArchiveRecord, LegalHold, PurgeMonth
from tests.factories import make_account
from tests.holding import place, sealed_record
from tests.invariants import violations
from tests.races import Racers

RUNS = 30


def hold(record: ArchiveRecord, seconds: float, *, now: datetime) -> str:
    """Place a hold, a little later."""
    sleep(seconds)
    try:
        place(record.account_id, now=now)
    except PortalError as refused:
        return refused.code
    return "held"


def destroy(record: ArchiveRecord, seconds: float) -> str:
    """Do what purging does, a little later: lock the month, look for what is held, then destroy it or leave it."""
    sleep(seconds)
    with transaction.atomic():
        month = PurgeMonth.objects.select_for_update().get(pk=record.key_month)
        if LegalHold.objects.filter(account_id=record.account_id, lifted_at=None).exists():
            return "left"
        month.state, month.destroyed_at = MonthState.DESTROYED, record.sealed_at
        month.save()
        return "destroyed"


@pytest.mark.row("H05")
@pytest.mark.django_db(transaction=True)
def test_hold_and_purge_never_miss_each_other(now: datetime) -> None:
    chance, ends = Random(1), Counter[tuple[str, ...]]()
    with Racers(2) as racers:
        for number in range(RUNS):
            ana = make_account(f"ana{number}")
            record = sealed_record(ana.pk, now=now, month=f"20{31 + number // 12}-{1 + number % 12:02}")
            late = [chance.uniform(0, 0.004) for _side in range(2)]
            sides = [partial(hold, record, late[0], now=now), partial(destroy, record, late[1])]
            ends[tuple(sorted(map(str, racers.race(sides))))] += 1
    assert set(ends) <= {("held", "left"), ("archive_gone", "destroyed")}
    assert ends.total() == RUNS
    assert violations() == []
