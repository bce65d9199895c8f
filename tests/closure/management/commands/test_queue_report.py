"""The report of what waits for staff: ages, breaches, exit codes."""

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from closure.enums import ClosureState
from closure.models import ClosureRequest
from tests.closure.scenes import make_request
from tests.factories import make_account

pytestmark = pytest.mark.django_db
S = ClosureState
HOUR = timedelta(hours=1)


def run(now: datetime, *arguments: str) -> list[str]:
    out = StringIO()
    call_command("queue_report", "--as-of", now.isoformat(), *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def made(state: ClosureState, now: datetime, *, waited: int, left: int, **fields: Any) -> ClosureRequest:
    """Make a request that waited so many hours and is due in so many."""
    name = f"p{ClosureRequest.objects.count()}"
    times = {"submitted_at": now - HOUR * waited, "finalizes_before": now + HOUR * left}
    return make_request(make_account(name), state, now=now, **times, **fields)


@pytest.fixture
def queue(now: datetime) -> list[ClosureRequest]:
    """Make what a report tells of, in its order, among what it does not."""
    for state in (S.COOLING_OFF, S.DRAFT, S.CLOSED):
        made(state, now, waited=1, left=1)
    made(S.CLOSED, now, waited=9, left=-1)
    made(S.FINALIZING, now, waited=9, left=-1, sealed_at=now)
    return [
        made(S.IN_REVIEW, now, waited=9, left=-2),
        made(S.APPROVED, now, waited=9, left=-1),
        made(S.HELD, now, waited=9, left=0),
        made(S.IN_REVIEW, now, waited=9, left=1),
        made(S.IN_REVIEW, now, waited=3, left=2),
        made(S.IN_REVIEW, now, waited=2, left=3),
    ]


@pytest.mark.row("L06")
def test_report_tells_ages_and_breaches_first_due_first(queue: list[ClosureRequest], now: datetime) -> None:
    *lines, last = [json.loads(line) for line in run(now, "--json", "--batch-size", "2")]
    ages = ["overdue", "late", "held", "last_quarter", "half", "fresh"]
    assert [(line["reference"], line["age"]) for line in lines] == [
        (request.reference, age) for request, age in zip(queue, ages, strict=True)
    ]
    assert lines[0] == {
        "reference": queue[0].reference,
        "state": "in_review",
        "age": "overdue",
        "submitted": (now - HOUR * 9).isoformat(),
        "due": (now - HOUR * 2).isoformat(),
        "hours_waited": 9,
        "policy": "standard",
    }
    assert last == {
        "summary": {"fresh": 1, "half": 1, "last_quarter": 1, "overdue": 1, "held": 1, "late": 1, "breaches": 2}
    }


def test_report_in_words_and_with_a_limit(queue: list[ClosureRequest], now: datetime) -> None:
    line, summary = run(now, "--limit", "1")
    assert line.split("  ")[:3] == [queue[0].reference, "in_review", "overdue"]
    assert summary == "0 fresh, 0 half, 0 last_quarter, 1 overdue, 0 held, 0 late, 1 breaches"


@pytest.mark.row("L06")
def test_report_fails_on_a_breach_where_asked(queue: list[ClosureRequest], now: datetime) -> None:
    with pytest.raises(SystemExit) as ended:
        run(now, "--fail-on-breach")
    assert ended.value.code == 3
    early = now - HOUR * 2 - timedelta(microseconds=1)
    assert run(early, "--fail-on-breach")[-1].endswith("0 breaches")


def test_report_refuses_bad_options_and_changes_nothing(queue: list[ClosureRequest], now: datetime) -> None:
    before = list(ClosureRequest.objects.order_by("id").values())
    with pytest.raises(CommandError):
        run(now, "--limit", "0")
    run(now, "--dry-run", "--no-input", "--no-progress")
    assert list(ClosureRequest.objects.order_by("id").values()) == before
