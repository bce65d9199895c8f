"""The command that closes what is due: results, exit codes, one run at a time."""

import fcntl
import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from closure.enums import ClosureState
from closure.exchange.ledger.deposits import deposit
from closure.models import ClosureRequest
from tests.closure.closing import approved, states

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str, **options: Any) -> list[str]:
    out = StringIO()
    call_command("finalize_closures", *arguments, stdout=out, stderr=StringIO(), **options)
    return out.getvalue().splitlines()


def failing(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    return ended.value.code


@pytest.mark.row("F01")
def test_command_closes_and_counts(now: datetime) -> None:
    request = approved(now=now)
    assert run() == [
        f"{request.reference}  closed  ",
        "1 closed, 0 held, 0 blocked, 0 failed, 0 waiting",
    ]


def test_command_speaks_json_with_a_summary_last(now: datetime) -> None:
    request = approved(now=now)
    lines = [json.loads(line) for line in run("--json")]
    assert lines == [
        {"reference": request.reference, "result": "closed", "detail": ""},
        {"summary": {"closed": 1, "held": 0, "blocked": 0, "failed": 0, "waiting": 0}},
    ]


def test_command_tells_of_a_hold_with_exit_code_3(now: datetime) -> None:
    approved("ana", now=now)
    held = approved("ben", now=now)
    deposit(held.account_id, "BTC", "0.5", now=now)
    assert failing() == 3
    assert sorted(states(list(ClosureRequest.objects.all()))) == ["closed", "held"]


def test_command_dry_run_changes_nothing(now: datetime) -> None:
    request = approved(now=now)
    assert run("--dry-run") == [f"{request.reference}  ready", "1 would_close"]
    assert states([request]) == [ClosureState.APPROVED]


def test_command_limit_and_batch_size(now: datetime) -> None:
    requests = [approved(f"ana{number}", now=now) for number in range(3)]
    assert run("--limit", "2", "--batch-size", "1")[-1].startswith("2 closed")
    assert sorted(states(requests)) == ["approved", "closed", "closed"]


@pytest.mark.row("E01")
def test_command_as_of_the_future_closes_nothing_early(now: datetime) -> None:
    request = approved(now=now + timedelta(days=1))
    assert run("--as-of", (now + timedelta(days=2)).isoformat())[-1].startswith("0 closed")
    assert states([request]) == [ClosureState.APPROVED]


def test_command_as_of_the_past_closes_nothing_yet(now: datetime) -> None:
    approved(now=now)
    assert run("--as-of", "2020-01-01T00:00:00")[-1].startswith("0 closed")


def test_command_ends_with_4_while_another_runs(now: datetime) -> None:
    approved(now=now)
    with (settings.VAR_DIR / "finalize_closures.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert failing() == 4
    assert run()[-1].startswith("1 closed")


@pytest.mark.parametrize("wrong", [("--limit", "0"), ("--batch-size", "x"), ("--as-of", "yesterday")])
def test_command_refuses_what_makes_no_sense(wrong: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        run(*wrong)
