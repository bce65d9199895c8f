"""Killed anywhere and run again, twice for good measure: everybody is told once and moved once (B3, small)."""

import random
from collections import Counter
from datetime import datetime

import pytest

from accounts.models import Account, DormancyNotice, OutboxMessage
from closure.dormancy.sweep import sweep
from tests.closure.dormancy.sleepers import many_asleep, moves
from tests.closure.finalization.killing import killed_after

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("I06")]
PEOPLE = 2000


def test_killed_in_the_middle_ends_as_if_nothing_had_happened(now: datetime) -> None:
    many_asleep(PEOPLE, now=now, status="active")
    chance = random.Random(8)
    assert all(killed_after(chance.randint(5, 60), lambda: sweep(now=now, batch_size=100)) for _time in range(4))
    assert sweep(now=now)["dormancy_announced"] > 0
    assert sweep(now=now) == Counter()
    assert set(Account.objects.values_list("status")) == {("inactive",)}
    assert DormancyNotice.objects.count() == PEOPLE
    assert OutboxMessage.objects.values("account_id").distinct().count() == OutboxMessage.objects.count() == PEOPLE
    assert list(moves().values()) == [PEOPLE]
