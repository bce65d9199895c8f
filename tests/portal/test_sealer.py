"""The sealer of the worker: everything at its start, then what is new, whatever else goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from accounts import sealing, triggers
from accounts.audit import audit
from accounts.models import Checkpoint, Event, JournalLeaf
from portal.worker.sealer import Sealer
from tests.accounts.test_sealing import late_event, write
from tests.portal.test_sweeper import away
from tests.portal.workers import until, workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H07")]


@contextmanager
def running(sealer: Sealer) -> Iterator[Sealer]:
    sealer.start()
    try:
        yield sealer
    finally:
        assert sealer.end(within=10)


def all_sealed() -> bool:
    return Event.objects.exists() and not sealing.waiting().exists()


def test_sealer_seals_everything_at_the_start_and_then_what_is_new(now: datetime) -> None:
    write(1, now)
    sealing.seal(now=now)
    late_event(now, age=timedelta(hours=9))
    with running(Sealer(each=0.1)):
        until(all_sealed, "what committed late")
        # Older than all that the look at the start went past: it may still be on its way.
        late_event(now, age=timedelta(hours=10))
        write(1, now)
        until(lambda: JournalLeaf.objects.count() == 3, "what is new")
        assert sealing.waiting().count() == 1


def test_sealer_looks_at_everything_again_after_a_day(now: datetime) -> None:
    with running(Sealer(each=0.05, everything_each=0.2)):
        write(1, now)
        until(all_sealed, "the first")
        late_event(now, age=timedelta(hours=8))
        until(all_sealed, "what committed late")


def test_sealer_goes_on_when_the_database_is_back(now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    with away("accounts_journalleaf"), running(Sealer(each=0.05)) as sealer:
        until(lambda: "the journal is not sealed for now: OperationalError" in caplog.text
              or "the journal is not sealed for now: ProgrammingError" in caplog.text, "the failure")  # fmt: skip
        assert sealer.is_alive()
    write(1, now)
    with running(Sealer(each=0.05)):
        until(all_sealed, "the event")


def test_sealer_says_loudly_that_the_journal_was_changed(now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    write(2, now)
    sealing.seal(now=now)
    triggers.remove(connection)
    JournalLeaf.objects.filter(position=1).delete()
    triggers.install(connection)
    write(1, now)
    with running(Sealer(each=0.05)):
        until(lambda: "THE JOURNAL WAS CHANGED" in caplog.text, "the alarm")
    assert (Checkpoint.objects.count(), caplog.records[-1].levelname) == (1, "ERROR")


def test_sealer_ends_between_batches(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 1)
    write(3000, now)
    sealer = Sealer()
    sealer.start()
    until(Checkpoint.objects.exists, "the first batch")
    assert sealer.end(within=5)
    assert (sealing.waiting().exists(), audit().broken) == (True, None)


def test_workers_two_at_once_seal_within_seconds_and_end_in_time(tmp_path: Path, now: datetime) -> None:
    with workers(tmp_path) as start:
        pair = [start(), start()]
        for number in range(1, 4):
            write(5, now)
            until(all_sealed, f"batch {number}", within=30)
        ends = [worker.end() for worker in pair]
    assert [code for code, _seconds in ends] == [0, 0]
    assert max(seconds for _code, seconds in ends) < 10
    assert (audit().broken, JournalLeaf.objects.count()) == (None, 15)


def test_worker_once_seals_what_it_did(now: datetime) -> None:
    write(3, now)
    call_command("worker", "--once")
    assert (all_sealed(), Checkpoint.objects.latest("tree_size").tree_size) == (True, Event.objects.count())
