"""The plan as data: the first undone step, attempts and the story of failures."""

from datetime import UTC, datetime, timedelta

import pytest

from closure.finalization import plan
from closure.finalization.plan import ORDER, FinalStep
from closure.finalization.steps import STEPS

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
S = FinalStep


def carried_out() -> list[tuple[FinalStep | None, dict[str, object]]]:
    """Return each first undone step with the plan of that moment, until there is none."""
    steps, told = plan.begun({}, at=AT), []
    while (step := plan.first_undone(steps)) is not None:
        told.append((step, steps))
        steps = plan.passed(steps, step, at=AT)
    return [*told, (None, steps)]


@pytest.mark.row("F01")
def test_order_is_the_one_of_the_design() -> None:
    assert [step.value for step in ORDER] == [
        "lock_deposits",
        "recheck",
        "end_access",
        "export_closes",
        "seal_archive",
        "block_identifiers",
        "write_receipt",
        "queue_last_mail",
        "erase",
        "close",
    ]


def test_steps_are_those_of_the_plan_in_order() -> None:
    assert tuple(STEPS) == ORDER


@pytest.mark.row("F06")
def test_plan_takes_each_step_once() -> None:
    assert [step for step, _plan in carried_out()] == [*ORDER, None]


def test_begun_again_counts_attempts_and_keeps_what_is_done() -> None:
    steps = plan.passed(plan.begun({}, at=AT), S.LOCK_DEPOSITS, at=AT)
    again = plan.begun(plan.begun(steps, at=AT), at=AT)
    assert (plan.attempts(again, S.LOCK_DEPOSITS), plan.attempts(again, S.RECHECK)) == (1, 3)


def test_failed_keeps_the_first_time_and_the_last_error() -> None:
    hour = timedelta(hours=1)
    once = plan.failed(plan.begun({}, at=AT), S.LOCK_DEPOSITS, error="one", at=AT)
    twice = plan.failed(plan.begun(once, at=AT + hour), S.LOCK_DEPOSITS, error="two", at=AT + hour)
    assert (twice[S.LOCK_DEPOSITS]["error"], plan.failing_since(twice, S.LOCK_DEPOSITS)) == ("two", AT)
    assert plan.has_failed_for(twice, S.LOCK_DEPOSITS, hour, now=AT + hour)
    assert not plan.has_failed_for(twice, S.LOCK_DEPOSITS, hour, now=AT + hour - timedelta(microseconds=1))


def test_passed_forgets_earlier_failures() -> None:
    failed = plan.failed(plan.begun({}, at=AT), S.LOCK_DEPOSITS, error="one", at=AT)
    done = plan.passed(plan.begun(failed, at=AT), S.LOCK_DEPOSITS, at=AT)
    assert done[S.LOCK_DEPOSITS] == {"state": "done", "attempts": 2, "at": AT.isoformat()}
