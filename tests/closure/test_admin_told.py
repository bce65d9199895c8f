"""What the customer of a request was told: messages, read for a reason, and the status page; links and holds beside."""

from datetime import datetime

import pytest
from django.test import Client

from accounts.enums import IdentifierKind, Role
from accounts.ids import uuid7
from accounts.models import Event
from closure.admin.told import NAMES
from closure.mails import TOLD
from closure.models import ClosureRequest
from tests.blocking import block
from tests.console import LIST, address, console, decide, in_review
from tests.factories import make_staff
from tests.holding import CASE, place
from tests.outbox import messages, send
from tests.pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


def rejected(sam: Client, now: datetime) -> tuple[ClosureRequest, str]:
    """Reject a request whose customer was told so; returns it and the message, as an address on its page."""
    request = in_review("ana", now=now)
    decide(sam, request, "reject", template="assets_left")
    [message] = messages(request.account, template="closure_rejected")
    return request, f"messages/{send(message, now).pk}/"


def test_every_message_whose_words_are_kept_has_a_name_for_staff() -> None:
    assert set(NAMES) == set(TOLD)


@pytest.mark.row("H07", "A17")
def test_message_is_read_as_it_was_sent_for_a_reason(sam: Client, now: datetime) -> None:
    request, message = rejected(sam, now)
    place_of = address(request, message)
    page = read(sam.get(address(request)))
    assert place_of in [link.get("href") for link in page.every("a")]
    assert "Something is left" not in read(sam.get(place_of)).text
    assert sam.post(place_of, {"reason": ""}).status_code == 422
    assert Event.objects.filter(action="message.read").count() == 0
    text = read(sam.post(place_of, {"reason": "She called."})).text
    assert "The reason: Something is left in your account." in text
    assert Event.objects.filter(action="message.read", account_id=request.account_id).count() == 1


def test_auditor_sees_that_there_was_a_message_and_reads_none(sam: Client, now: datetime) -> None:
    place_of = address(*rejected(sam, now))
    auditor = console(make_staff("ada", Role.AUDITOR))
    assert "Show the message" not in read(auditor.get(place_of)).text
    assert auditor.post(place_of, {"reason": "x"}).status_code == 403


def test_message_of_another_account_is_not_of_this_request(sam: Client, now: datetime) -> None:
    _request, message = rejected(sam, now)
    other = in_review("ben", now=now)
    assert sam.get(address(other, message)).status_code == 404


def test_page_shows_what_the_status_page_says(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    decide(sam, request, "ask", reason="Which bank?")
    text = read(sam.get(address(request))).text
    for said in ("The closing of your account is on hold", "We have a question for you.", "Which bank?", "Answer by"):
        assert said in text, said


@pytest.mark.row("H05")
def test_holds_are_shown_to_whom_they_are_told(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    hold = place(request.account_id, now=now)
    for role, seen in ((Role.COMPLIANCE, True), (Role.AUDITOR, True), (Role.LEAD, False)):
        page = read(console(make_staff(role.value, role)).get(address(request)))
        assert (CASE in page.text, "Legal holds" in page.text.replace("Legal holds Claims", "")) == (seen, seen)
    assert CASE not in read(sam.get(address(request))).text
    assert hold.lifted_at is None


def test_accounts_with_the_same_identifier_are_linked_with_their_requests(sam: Client, now: datetime) -> None:
    request, other = in_review("ana", now=now), in_review("ben", now=now)
    block(IdentifierKind.EMAIL, "ana@example.test", now=now, account_id=other.account_id)
    block(IdentifierKind.PHONE, request.account.phone or "", now=now, account_id=uuid7())
    page = read(sam.get(address(request)))
    assert "was closed with the same e-mail address" in page.text
    assert "was closed with the same phone number" in page.text
    assert f"{LIST}{other.pk}/" in [link.get("href") for link in page.every("a")]
    for private in ("ana@example.test", request.account.phone or ""):
        assert private not in page.text
