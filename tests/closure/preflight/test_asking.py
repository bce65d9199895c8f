"""Asking the core: bounded when it is remote, harmless to the caller's transaction when it is not (A19)."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Account
from closure.exchange.contract import Snapshot
from closure.exchange.errors import Refused, Unreachable
from closure.preflight.asking import MOST_CALLS, ask
from tests.closure.preflight.builders import FaultyGateway
from tests.factories import make_account

pytestmark = pytest.mark.row("A19")
SHORT = timedelta(milliseconds=50)
LONG = timedelta(seconds=20)


class Patience:
    """A core that answers only when it is let go."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def hang(self, truth: Snapshot) -> Snapshot:
        self.released.wait(20)
        return truth


@pytest.fixture
def patience() -> Iterator[Patience]:
    """Let go of every hanging call at the end."""
    held = Patience()
    yield held
    held.released.set()
    for thread in threading.enumerate():
        if thread.name == "core-snapshot":
            thread.join(20)


@pytest.fixture
def ana(db: None) -> Account:
    return make_account("ana")


def test_remote_core_that_answers_is_heard(ana: Account, now: datetime) -> None:
    gateway = FaultyGateway(lambda truth: truth, remote=True)
    assert ask(gateway, ana.pk, now=now, deadline=LONG).account_id == ana.pk


def test_remote_core_that_hangs_is_left_at_the_deadline(ana: Account, now: datetime, patience: Patience) -> None:
    with pytest.raises(Unreachable, match="no answer"):
        ask(FaultyGateway(patience.hang, remote=True), ana.pk, now=now, deadline=SHORT)


@pytest.mark.parametrize("error", [Refused("no"), ValueError("bug"), SystemExit(1)])
def test_remote_core_that_raises_raises_here(ana: Account, now: datetime, error: BaseException) -> None:
    def refuse(_truth: Snapshot) -> Snapshot:
        raise error

    with pytest.raises(type(error)):
        ask(FaultyGateway(refuse, remote=True), ana.pk, now=now, deadline=LONG)


def test_remote_calls_that_hang_are_limited(ana: Account, now: datetime, patience: Patience) -> None:
    gateway = FaultyGateway(patience.hang, remote=True)
    for _call in range(MOST_CALLS):
        with pytest.raises(Unreachable, match="no answer"):
            ask(gateway, ana.pk, now=now, deadline=timedelta(milliseconds=1))
    with pytest.raises(Unreachable, match="still waiting"):
        ask(gateway, ana.pk, now=now, deadline=LONG)


def test_remote_calls_give_their_place_back(ana: Account, now: datetime) -> None:
    gateway = FaultyGateway(lambda truth: truth, remote=True)
    answers = [ask(gateway, ana.pk, now=now, deadline=LONG) for _call in range(MOST_CALLS + 1)]
    assert len(answers) == MOST_CALLS + 1


def test_embedded_core_that_breaks_leaves_the_callers_transaction_whole(ana: Account, now: datetime) -> None:
    def break_query(_truth: Snapshot) -> Snapshot:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")
        raise AssertionError

    with transaction.atomic():
        with pytest.raises(DatabaseError):
            ask(FaultyGateway(break_query), ana.pk, now=now, deadline=LONG)
        assert Account.objects.filter(pk=ana.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_embedded_core_outside_a_transaction_opens_none(now: datetime) -> None:
    ana = make_account("ana")
    seen: list[bool] = []

    def look(truth: Snapshot) -> Snapshot:
        seen.append(connection.in_atomic_block)
        return truth

    ask(FaultyGateway(look), ana.pk, now=now, deadline=LONG)
    assert seen == [False]
