"""Parked work on the console: counted on the first page, told on the page of the request, started again there."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from closure.admin.rearm import STEP_WORDS
from closure.enums import ClosureState, EffectState
from closure.finalization.plan import FinalStep
from closure.models import ClosureRequest, Effect
from tests.closure.test_operations_rearm import parked_freeze
from tests.console import LIST, address, console, in_review
from tests.factories import make_staff
from tests.pages import read

pytestmark = pytest.mark.django_db
FAILING = {"lock_deposits": {"state": "failed", "attempts": 7, "at": "", "error": "OperationalError"}}


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


def rearm(client: Client, request: ClosureRequest, **more: Any) -> Any:
    body = {"reason": "The core is mended.", "seen_version": str(request.version), **more}
    return client.post(address(request, "rearm/"), body)


def counted(client: Client) -> str:
    """Return what the first page says of parked work."""
    tiles = read(client.get("/staff/")).text
    return tiles[: tiles.index("Parked")].split()[-1]


@pytest.mark.row("L01")
def test_parked_call_is_counted_listed_told_and_started_again(sam: Client, now: datetime) -> None:
    request = in_review(now=now)
    assert counted(sam) == "0"
    effect = parked_freeze(request, now)
    assert counted(sam) == "1"
    assert request.reference in read(sam.get(f"{LIST}?work=stuck")).text
    page = read(sam.get(address(request)))
    assert "freeze: tried 5 times, last: Refused: not_now" in page.text
    assert rearm(sam, request).status_code == 302
    effect.refresh_from_db()
    assert (effect.state, effect.attempts, counted(sam)) == (EffectState.PENDING, 0, "0")
    page = read(sam.get(address(request)))
    assert ("Parked work started again" in page.text, "The core is mended." in page.text) == (True, True)


def test_failing_plan_is_counted_and_told(sam: Client, now: datetime) -> None:
    request = in_review(now=now, state=ClosureState.FINALIZING, plan=FAILING)
    assert counted(sam) == "1"
    assert "locking deposits: tried 7 times, last: OperationalError" in read(sam.get(address(request))).text
    assert rearm(sam, request).status_code == 302
    request.refresh_from_db()
    assert (request.plan["lock_deposits"]["state"], counted(sam)) == ("waiting", "0")


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [({"reason": ""}, 422, "Give the reason."), ({"seen_version": "9"}, 409, "This request changed")],
)
def test_refusal_is_said_on_the_page(sam: Client, now: datetime, body: dict[str, str], status: int, words: str) -> None:
    request = in_review(now=now)
    parked_freeze(request, now)
    answer = rearm(sam, request, **body)
    assert (answer.status_code, words in read(answer).text) == (status, True)
    assert Effect.objects.get().state == EffectState.PARKED


def test_auditors_read_and_start_nothing(now: datetime) -> None:
    request = in_review(now=now)
    parked_freeze(request, now)
    auditor = console(make_staff("aud", Role.AUDITOR))
    page = read(auditor.get(address(request)))
    assert ("tried 5 times" in page.text, "Try again now" in page.text) == (True, False)
    assert rearm(auditor, request).status_code == 403
    assert auditor.get(address(request, "rearm/")).status_code == 405


def test_every_step_has_words() -> None:
    assert set(STEP_WORDS) == set(FinalStep)
