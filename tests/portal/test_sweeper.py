"""Sweeps: each part by itself, and as soon as something is to be tried again, without looking all the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from closure import effects
from closure.effects import EffectKind
from closure.enums import ClosureState, EffectState
from closure.models import ClosureRequest, Effect
from closure.operations.sweep import run_sweeps
from closure.retries import next_retry
from portal.worker.sweeper import Sweeper, sweep_once
from tests.closure.closing import approved
from tests.portal.workers import until

pytestmark = pytest.mark.django_db(transaction=True)
# Late enough for the first sweep to begin before it, on a busy machine too.
SOON = timedelta(seconds=5)


def failed_call(name: str, now: datetime, *, due_at: datetime) -> Effect:
    """Want a call that failed once and is due at this time."""
    with transaction.atomic():
        effect = effects.add(approved(name, now=now + timedelta(days=365)), EffectKind.FREEZE, now=now)
    Effect.objects.filter(pk=effect.pk).update(attempts=1, due_at=due_at, last_error="Unreachable")
    return effect


@contextmanager
def away(table: str) -> Iterator[None]:
    """Take a table away: whoever needs it fails."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO away")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE away RENAME TO {table}")


def test_part_that_fails_stops_no_other_and_is_counted(now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    waiting = approved("ben", now=now + timedelta(days=365))
    with transaction.atomic():
        effects.add(waiting, EffectKind.FREEZE, now=now)
    with away("closure_checkrun"):
        counts = run_sweeps(now)
    assert (counts["failed"], counts["effects"], "checked" in counts) == (1, 1, False)
    told = [record.getMessage() for record in caplog.records if record.name == "closure.operations.sweep"]
    assert [line.partition(" at ")[0] for line in told] == [f"sweep watch failed: {_kind()}"]
    assert all(record.exc_info is None for record in caplog.records)


def _kind() -> str:
    return "OperationalError" if connection.vendor == "sqlite" else "ProgrammingError"


def test_next_retry_is_the_earliest_of_what_was_tried(now: datetime) -> None:
    soon, later = now + timedelta(seconds=10), now + timedelta(seconds=20)
    assert next_retry(now) is None
    with transaction.atomic():
        effects.add(approved("new", now=now), EffectKind.FREEZE, now=now)
    assert next_retry(now - timedelta(days=1)) is None
    failed_call("ana", now, due_at=later)
    assert (next_retry(now), next_retry(later)) == (later, None)
    request = approved("ben", now=now)
    plan = {"state": ClosureState.FINALIZING, "next_try_at": soon}
    ClosureRequest.objects.filter(pk=request.pk).update(**plan)
    assert (next_retry(now), next_retry(soon)) == (soon, later)


class Counted:
    """Sweeps and counts."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> bool:
        self.times += 1
        return sweep_once()


class Idle(Counted):
    """Counts and does nothing: whatever is due stays due."""

    def __call__(self) -> bool:
        self.times += 1
        return True


def test_sweeper_tries_again_when_it_is_due_and_not_a_minute_later(now: datetime) -> None:
    effect = failed_call("ana", now, due_at=now + SOON)
    sweep = Counted()
    thread = Sweeper(sweep, look=0.2)
    thread.start()
    try:
        until(Effect.objects.filter(pk=effect.pk, state=EffectState.DONE).exists, "the second try", within=20)
    finally:
        assert thread.end(within=10)
    # One at the start and one when it was due.
    assert sweep.times == 2


def test_sweeper_does_not_sweep_again_and_again_for_what_stays_due(now: datetime) -> None:
    failed_call("ana", now, due_at=now + SOON)
    sweep = Idle()
    thread = Sweeper(sweep, look=0.1)
    thread.start()
    try:
        until(lambda: sweep.times == 2, "the sweep when it is due", within=20)
        thread.join(2)
    finally:
        assert thread.end(within=10)
    assert sweep.times == 2


def test_end_that_is_asked_for_while_a_sweep_begins_is_not_forgotten() -> None:
    sweep = Idle()
    thread = Sweeper(sweep)
    clear = thread._wanted.clear

    def asked_meanwhile() -> None:
        thread.ask_to_end()
        clear()

    thread._wanted.clear = asked_meanwhile  # type: ignore[method-assign]
    thread.start()
    thread.join(10)
    assert (thread.is_alive(), sweep.times) == (False, 0)
