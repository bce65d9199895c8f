"""Sealing beside writers and sealers, and killed in the middle: each event has one place, each place one event."""

import threading
from collections.abc import Callable
from datetime import datetime
from random import Random

import pytest
from django.db import connection, transaction

from accounts import sealing
from accounts.actors import Actor
from accounts.audit import audit
from accounts.journal import record
from accounts.models import Account, Checkpoint, Event, JournalLeaf
from accounts.sealing import seal
from tests.accounts.test_sealing import write
from tests.closure.finalization.killing import Kill, killed, statements
from tests.factories import make_account
from tests.races import Racers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H07")]
SYSTEM = Actor.system("tests")
WRITERS = {"postgresql": 8, "sqlite": 3}
EVENTS_EACH = {"postgresql": 120, "sqlite": 40}


def tell(people: list[Account], now: datetime, chance: Random) -> int:
    """Write events, some in one transaction; returns how many."""
    count = 0
    while count < EVENTS_EACH[connection.vendor]:
        with transaction.atomic():
            account = Account.objects.select_for_update().get(pk=chance.choice(people).pk)
            for _number in range(chance.randrange(1, 4)):
                record("test.happened", actor=SYSTEM, at=now, account=account)
                count += 1
    return count


def test_writers_and_two_sealers_at_once_lose_no_event(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 50)
    people = [make_account(name) for name in ("ana", "bea", "cai")]
    writers = WRITERS[connection.vendor]
    left = threading.Semaphore(0)
    breaks = []

    def writing(number: int) -> int:
        try:
            return tell(people, now, Random(number))
        finally:
            left.release()

    def sealing_all() -> int:
        sealed = 0
        while left._value < writers:
            sealed += seal(now=now)
        return sealed

    def checking() -> int:
        while left._value < writers:
            breaks.append(audit().broken)
        return 0

    calls: list[Callable[[], int]] = [lambda number=number: writing(number) for number in range(writers)]  # type: ignore[misc]
    with Racers(writers + 3) as racers:
        results = racers.race([*calls, sealing_all, sealing_all, checking])
    assert [result for result in results if isinstance(result, Exception)] == []
    seal(now=now, everything=True)
    found = audit(Checkpoint.objects.values_list("note", flat=True))
    written = sum(result for result in results[:writers] if isinstance(result, int))
    assert (found.events, found.sealed, found.waiting, found.broken) == (written + 3, written + 3, 0, None)
    assert {found for found in breaks if found is not None} == set()
    assert len(breaks) >= 1


def test_two_sealers_of_one_batch_seal_it_once(now: datetime) -> None:
    with Racers(2) as racers:
        for number in range(1, 11):
            write(20, now)
            results = racers.race([lambda: seal(now=now)] * 2)
            assert sorted(str(result) for result in results) == ["0", "20"]
            assert (JournalLeaf.objects.count(), Checkpoint.objects.count()) == (20 * number, number)
    assert audit().broken is None


def test_sealer_killed_at_any_statement_leaves_nothing_half_done(now: datetime) -> None:
    write(256, now)
    total = len(statements(lambda: seal(now=now)))
    sizes = []
    for statement in range(1, total + 1):
        for kill in (Kill(statement, before=True), Kill(statement)):
            write(1, now)
            assert killed(kill, lambda: seal(now=now))
            assert audit().broken is None
            sizes.append(Checkpoint.objects.latest("tree_size").tree_size)
    assert seal(now=now) >= 1
    found = audit()
    assert (found.sealed, found.waiting, found.broken) == (Event.objects.count(), 0, None)
    # Some were killed after their commit, most before.
    assert len(set(sizes)) < len(sizes)
