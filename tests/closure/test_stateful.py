"""Whatever anybody does in whatever order, the invariants hold."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.closure.machine import ClosureMachine

QUICK = settings(max_examples=40, stateful_step_count=30, suppress_health_check=list(HealthCheck))


@pytest.mark.django_db
def test_invariants_hold_after_every_step() -> None:
    run_state_machine_as_test(ClosureMachine, settings=QUICK)
