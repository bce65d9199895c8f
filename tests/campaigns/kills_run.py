"""The part of the kill campaigns that pytest runs (tests/campaigns/kills.py starts it)."""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection, transaction

from accounts import clock
from closure import wake
from closure.enums import ClosureState
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest
from closure.poison import MOST_DEATHS
from tests.campaigns.kills import SECONDS, SEED
from tests.closure.closing import approved, states
from tests.closure.finalization.killing import Kill, around, killed
from tests.closure.finalization.test_resume import CLOSED, LATER, outcome, usual_statements
from tests.portal.outages import outages, take_away
from tests.portal.queue_kills import ROLES, kill
from tests.portal.workers import is_alive, until, workers

pytestmark = pytest.mark.django_db(transaction=True)
AWAY_SECONDS = 30
CLOSINGS_EACH = 12
RESUMES_WITHIN = 60.0


def until_the_time_is_over() -> tuple[random.Random, float]:
    """Return chance with the seed of the campaign, and when it ends."""
    return random.Random(int(os.environ[SEED])), time.monotonic() + float(os.environ[SECONDS])


def tell(capsys: pytest.CaptureFixture[str], headline: str, counts: Mapping[str, object]) -> None:
    """Print what was counted."""
    lines = [f"\nseed {os.environ[SEED]}, {connection.vendor}: {headline}"]
    lines += [f"{what:32} {count}" for what, count in counts.items()]
    with capsys.disabled():
        sys.stdout.write("\n".join(lines) + "\n")


def test_closings_killed_around_each_step_and_then_by_chance(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    chance, end = until_the_time_is_over()
    steps = usual_statements(now)
    moments = list(around(steps).items())
    kills, closures = Counter[str](), 0
    while time.monotonic() < end:
        request, at = approved(f"ana{closures}", now=now), now
        (step, moment), first = moments[closures % len(moments)]
        assert killed(first, lambda at=at: finalize_due(now=at))  # type: ignore[misc]
        kills[f"{moment} {step}"] += 1
        # One death fewer than make it poison: then it would wait for staff, as it should.
        for _life in range(chance.randrange(MOST_DEATHS - 1)):
            at += LATER
            anywhere = Kill(chance.randint(1, len(steps)), before=chance.random() < 0.5)
            if not killed(anywhere, lambda at=at: finalize_due(now=at)):  # type: ignore[misc]
                break
            kills["by chance, later in its life"] += 1
        finalize_due(now=at + LATER)
        assert outcome(request) == CLOSED, (closures, kills)
        closures += 1
    tell(capsys, f"{kills.total()} kills, {closures} closures, each ended closed with each effect once", kills)


def test_queue_process_killed_by_chance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance, end = until_the_time_is_over()
    gaps: dict[str, list[float]] = {role: [] for role in ROLES}
    with workers(tmp_path) as start:
        worker = start(WORKER_PULSE_LIMIT="3")
        until(worker.has_answered, "a pulse")
        number = 0
        try:
            while time.monotonic() < end:
                # Every role as often as any other, in an order by chance.
                for role in chance.sample(ROLES, len(ROLES)):
                    gaps[role].append(kill(worker, role, f"ana{number}"))
                    number += 1
                    time.sleep(chance.uniform(0, 2))
        except AssertionError:
            tell(capsys, "what the worker said before it stayed away", {"log": worker.log[-8000:]})
            raise
        finally:
            counts = {
                role: f"{len(each)} kills, longest gap {max(each, default=0):.1f} s" for role, each in gaps.items()
            }
            longest = max(max(each, default=0) for each in gaps.values())
            tell(capsys, f"{number} kills, work and pulse back within {longest:.1f} s", counts)
        assert worker.end()[0] == 0
        assert [group for group in worker.clusters if is_alive(group)] == []


def test_outages_again_and_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance, end = until_the_time_is_over()
    waits: list[float] = []
    with outages() as outage, workers(tmp_path) as start:
        worker = start()
        until(worker.has_answered, "a pulse")
        while time.monotonic() < end:
            requests = hinted(len(waits))
            time.sleep(chance.uniform(0, 1))
            take_away(outage, seconds=AWAY_SECONDS)
            connection.close()
            back = time.monotonic()
            until(lambda: set(states(requests)) == {ClosureState.CLOSED}, "all closures", within=RESUMES_WITHIN * 2)  # noqa: B023
            waits.append(time.monotonic() - back)
            assert [outcome(request) for request in requests] == [CLOSED] * len(requests)
        assert worker.end()[0] == 0
        assert "Traceback" not in worker.log
    headline = f"{len(waits)} outages of {AWAY_SECONDS} s under {CLOSINGS_EACH} closures each, all closed"
    tell(capsys, headline, {"until all were closed, at most": f"{max(waits):.1f} s after it was back"})


def hinted(number: int) -> list[ClosureRequest]:
    """Make closures that are due and tell the queue."""
    now = clock.now()
    requests = [approved(f"ana{number}x{each}", now=now) for each in range(CLOSINGS_EACH)]
    with transaction.atomic():
        wake.wake(None)
    return requests
