"""The face check on the page of a request."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from closure.models import ClosureRequest
from tests.console import REASON, address, console, decide, in_review
from tests.factories import make_staff
from tests.pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


def outcomes(client: Client, request: ClosureRequest) -> list[str]:
    page = read(client.get(address(request)))
    return [field["value"] for field in page.every("input") if field.get("name") == "outcome"]


def record(client: Client, request: ClosureRequest, outcome: str, **more: Any) -> Any:
    body = {"outcome": outcome, "reason": REASON, "seen_version": str(request.version), **more}
    return client.post(address(request, "face/"), body)


@pytest.mark.row("D01")
@pytest.mark.parametrize(("consent", "offered"), [(True, ["match", "no_match", "documents"]), (False, ["documents"])])
def test_page_offers_what_the_customer_agreed_to(
    sam: Client, now: datetime, offered: list[str], *, consent: bool
) -> None:
    request = in_review(now=now, face_due=True, face_consent=consent)
    assert outcomes(sam, request) == offered
    assert "Not recorded yet. Approving needs it." in read(sam.get(address(request))).text


@pytest.mark.row("D01")
def test_outcome_comes_before_the_approval(sam: Client, now: datetime) -> None:
    request = in_review(now=now, face_due=True, face_consent=True)
    assert decide(sam, request, "approve").status_code == 422
    assert record(sam, request, "match").status_code == 302
    assert "the face matches" in read(sam.get(address(request))).text
    assert decide(sam, request, "approve").status_code == 302


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"outcome": ""}, 422, "Choose what you found."),
        ({"reason": ""}, 422, "Give the reason."),
        ({"seen_version": "9"}, 409, "This request changed since you opened it."),
    ],
)
def test_what_is_missing_or_old_is_said_on_the_page(
    sam: Client, now: datetime, body: dict[str, str], status: int, words: str
) -> None:
    request = in_review(now=now, face_due=True, face_consent=True)
    answer = record(sam, request, **{"outcome": "match", **body})
    assert (answer.status_code, words in read(answer).text) == (status, True)


def test_nothing_is_asked_where_no_face_is_due_or_nobody_decides(sam: Client, now: datetime) -> None:
    assert outcomes(sam, in_review(now=now)) == []
    due = in_review("ben", now=now, face_due=True, face_consent=True)
    assert outcomes(console(make_staff("aud", Role.AUDITOR)), due) == []
    assert sam.get(address(due, "face/")).status_code == 405
