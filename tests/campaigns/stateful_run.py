"""The part of the stateful campaign that pytest runs (tests/campaigns/stateful.py starts it)."""

import os
import sys
import time
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.campaigns.stateful import SECONDS, SEED
from tests.closure.machine import HIT, ClosureMachine

EXAMPLES, STEPS = 20, 50
PLAN = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    derandomize=False,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
def test_machine_until_the_time_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    first, end = int(os.environ[SEED]), time.monotonic() + float(os.environ[SECONDS])
    step = first
    while time.monotonic() < end:
        run_state_machine_as_test(seed(step)(ClosureMachine), settings=PLAN)
        step += 1
    with capsys.disabled():
        sys.stdout.write(report(HIT, first=first, runs=step - first))


def report(hit: Mapping[tuple[str, str], int], *, first: int, runs: int) -> str:
    """Return the counts as lines."""
    lines = [f"\n{runs * EXAMPLES} examples of up to {STEPS} steps, seeds {first} to {first + runs - 1}"]
    lines += [f"{times:8} {state} {action}" for (state, action), times in sorted(hit.items())]
    return "\n".join(lines) + "\n"
