"""The mail of a decision, shown on the page before it is sent."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Event
from closure.admin.forms import CHOOSABLE
from closure.enums import ClosureState
from closure.models import ClosureRequest
from tests.console import address, case_of, console, decide, in_review
from tests.factories import make_staff
from tests.outbox import messages
from tests.pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


def look(client: Client, request: ClosureRequest, decision: str, **more: Any) -> Any:
    """Ask for the mail of a decision as the button on the page does."""
    return decide(client, request, decision, preview="1", **more)


@pytest.mark.row("A17")
@pytest.mark.parametrize(("template", "words"), CHOOSABLE)
def test_mail_of_each_rejection_is_shown_and_nothing_happens(
    sam: Client, now: datetime, template: str, words: str
) -> None:
    request = in_review("ana", now=now)
    before = Event.objects.count()
    answer = look(sam, request, "reject", template=template, reason="Because.")
    page = read(answer)
    assert answer.status_code == 200
    assert f"The reason: {words}" in page.text
    assert "What the customer would get" in page.text
    kept = [field.get("value") for field in page.every("input") if "checked" in field]
    assert (kept, "Because." in page.text) == ([template], True)
    request.refresh_from_db()
    assert (request.state, Event.objects.count(), len(messages(request.account))) == ("in_review", before, 0)


def test_mail_is_shown_without_a_reason_and_sent_only_with_one(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    assert look(sam, request, "reject", template="rejected", reason="").status_code == 200
    assert decide(sam, request, "reject", template="rejected", reason="").status_code == 422
    assert messages(request.account) == []


def test_question_is_shown_beside_its_mail(sam: Client, now: datetime) -> None:
    page = read(look(sam, in_review("ana", now=now), "ask", reason="Which bank?"))
    assert "We have a question for you." in page.text
    assert "On the status page, where they answer: Which bank?" in page.text


@pytest.mark.row("L01")
def test_mail_of_a_cancellation_needs_no_case_yet(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    assert "The closing of your" in read(look(sam, request, "cancel")).text
    assert decide(sam, request, "cancel", case=case_of(request.account, now)).status_code == 302


def test_approving_offers_no_mail(sam: Client, now: datetime) -> None:
    page = read(sam.get(address(in_review("ana", now=now))))
    assert [button["value"] for button in page.every("button") if button.get("name") == "preview"] == ["1"] * 3


def test_preview_of_a_stale_page_says_what_is_new_first(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    decide(console(make_staff("lea", Role.LEAD)), request, "ask")
    answer = look(sam, request, "reject", template="rejected", seen_version="0")
    assert answer.status_code == 409
    assert [line.text for line in answer.context["since"].lines] == ["Asked for more"]
    assert "What the customer would get" not in read(answer).text


def test_rejection_without_words_has_no_preview(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    assert look(sam, request, "reject").status_code == 422
    assert ClosureRequest.objects.get(pk=request.pk).state == ClosureState.IN_REVIEW
