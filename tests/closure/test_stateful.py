"""Whatever anybody does in whatever order, the invariants hold."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.closure.machine import ClosureMachine

# Fewer on SQLite, on which the campaign runs as well.
EXAMPLES = {"postgresql": 40, "sqlite": 10}


@pytest.mark.django_db
def test_invariants_hold_after_every_step() -> None:
    examples = EXAMPLES[connection.vendor]
    quick = settings(max_examples=examples, stateful_step_count=30, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(ClosureMachine, settings=quick)
