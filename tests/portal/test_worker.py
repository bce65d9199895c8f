"""The worker as a real process with a real cluster: it works, it restarts what died, and it leaves nothing behind."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from closure import effects
from closure.effects import EffectKind
from closure.enums import ClosureState, EffectState
from closure.models import ClosureRequest, Effect
from portal.worker.supervisor import FIRST_PULSE_SECONDS
from tests.closure.closing import approved
from tests.portal.workers import Worker, is_alive, until, workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]
Start = Callable[..., Worker]
END_SECONDS = 10


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with workers(tmp_path) as starting:
        yield starting


def is_closed(request: ClosureRequest) -> bool:
    return ClosureRequest.objects.filter(pk=request.pk, state=ClosureState.CLOSED).exists()


def want_freeze(request: ClosureRequest, now: datetime) -> Effect:
    """Want a call in a transaction that wakes the queue."""
    with transaction.atomic():
        return effects.add(request, EffectKind.FREEZE, now=now)


def is_done(effect: Effect) -> bool:
    return Effect.objects.filter(pk=effect.pk, state=EffectState.DONE).exists()


@pytest.mark.row("F01")
def test_worker_sweeps_at_start_takes_hints_and_ends_in_time(start: Start, now: datetime) -> None:
    request, waiting = approved("ana", now=now), approved("ben", now=now + timedelta(days=365))
    worker = start()
    until(lambda: is_closed(request), "the closure that was due before the start")
    until(worker.has_answered, "a pulse through the queue")
    # Sweeps come each minute; sooner than that it is the hint that woke the cluster.
    effect = want_freeze(waiting, now)
    until(lambda: is_done(effect), "the call that the hint tells of", within=30)
    code, seconds = worker.end()
    assert (code, [is_alive(group) for group in worker.clusters]) == (0, [False])
    assert seconds < END_SECONDS


def test_worker_replaces_a_cluster_that_was_killed(start: Start, now: datetime) -> None:
    request = approved(now=now + timedelta(days=365))
    worker = start()
    until(worker.has_answered, "a pulse")
    os.kill(worker.clusters[0], signal.SIGKILL)
    until(lambda: len(worker.clusters) == 2, "a second cluster")
    effect = want_freeze(request, now)
    until(lambda: is_done(effect), "work by the second cluster", within=30)
    assert not is_alive(worker.clusters[0])


def test_worker_replaces_a_cluster_that_gives_no_pulse(start: Start, now: datetime) -> None:
    worker = start(WORKER_PULSE_LIMIT="8")
    until(worker.has_answered, "a pulse")
    os.killpg(worker.clusters[-1], signal.SIGSTOP)
    silent = len(worker.clusters)
    until(lambda: len(worker.clusters) > silent, "another cluster")
    assert "gives no pulse: restarting it" in worker.log
    assert not is_alive(worker.clusters[silent - 1])


def test_cluster_has_time_to_start_however_short_the_limit(start: Start) -> None:
    worker = start(WORKER_PULSE_LIMIT="1")
    until(lambda: worker.clusters, "a cluster")
    began = time.monotonic()
    # Until its first answer, or for nearly as long as a machine may need that is busy with other tests.
    while not worker.has_answered() and time.monotonic() - began < FIRST_PULSE_SECONDS - 1:
        assert len(worker.clusters) == 1
        time.sleep(0.05)


def test_worker_killed_takes_its_cluster_along(start: Start) -> None:
    worker = start()
    until(worker.has_answered, "a pulse")
    worker.end(signal.SIGKILL)
    until(lambda: not is_alive(worker.clusters[0]), "the cluster's end", within=10)


def test_worker_two_at_once_close_each_account_once(start: Start, now: datetime) -> None:
    requests = [approved(f"ana{number}", now=now) for number in range(4)]
    pair = [start(), start()]
    until(lambda: all(is_closed(request) for request in requests), "all closures")
    until(lambda: all(worker.has_answered() for worker in pair), "pulses of both")
    assert [worker.end(signal.SIGINT)[0] for worker in pair] == [0, 0]
    assert Effect.objects.exclude(attempts=1).count() == 0


def test_worker_outlives_a_database_that_is_away(start: Start, tmp_path: Path) -> None:
    worker = start(DATABASE_URL=f"sqlite:///{tmp_path}/nobody-made-this.sqlite3")
    until(lambda: "sweep watch failed" in worker.log and "the queue is away" in worker.log, "both to be told")
    assert worker.process.poll() is None
    code, seconds = worker.end()
    assert (code, seconds < END_SECONDS) == (0, True)


def test_worker_once_runs_every_sweep_and_ends(now: datetime) -> None:
    request = approved(now=now)
    call_command("worker", "--once")
    assert is_closed(request)


def test_worker_once_says_that_a_sweep_failed(now: datetime) -> None:
    request = approved(now=now)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE closure_effect RENAME TO closure_effect_away")
    try:
        with pytest.raises(SystemExit) as ended:
            call_command("worker", "--once")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE closure_effect_away RENAME TO closure_effect")
    assert (ended.value.code, is_closed(request)) == (1, False)
