"""Cases in the staff console: read for a reason that the journal keeps, answered, and the day's work (H07, L04)."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Account, Case, CaseMessage, Event, Note
from tests.accounts.test_admin import CASES, rows
from tests.console import console
from tests.factories import make_account, make_staff
from tests.pages import read
from tests.writing import TEXT, in_case, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("L04")]


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


@pytest.fixture
def case() -> Case:
    make_account("ana")
    return written()


def page_of(client: Client, case: Case) -> str:
    return read(client.get(f"{CASES}{case.pk}/")).text


@pytest.mark.row("H07")
def test_messages_are_shown_to_who_said_why_and_for_some_time(sam: Client, case: Case, advance: Any) -> None:
    closed = page_of(sam, case)
    assert ("Read the messages" in closed, TEXT in closed, "Send the answer" in closed) == (True, False, False)
    assert sam.post(f"{CASES}{case.pk}/read/", {"reason": ""}).status_code == 422
    assert Event.objects.filter(action="case.read").count() == 0
    assert sam.post(f"{CASES}{case.pk}/read/", {"reason": "Ana called."})["Location"] == f"{CASES}{case.pk}/"
    event = Event.objects.get(action="case.read")
    assert (json.loads(bytes(event.body))["data"], Note.objects.get(event_id=event.pk).text) == (
        {"case": case.reference},
        "Ana called.",
    )
    assert TEXT in page_of(sam, case)
    other = written("other@example.test")
    assert TEXT not in page_of(sam, other)
    advance(minutes=14)
    assert TEXT in page_of(sam, case)
    advance(minutes=15)
    assert TEXT not in page_of(sam, case)


def test_answer_is_sent_and_leaves_the_day_s_work(sam: Client, case: Case) -> None:
    sam.post(f"{CASES}{case.pk}/read/", {"reason": "My turn."})
    assert [row.pk for row in rows(sam, CASES, work="cases")] == [case.pk]
    assert sam.post(f"{CASES}{case.pk}/answer/", {"text": ""}).status_code == 422
    assert sam.post(f"{CASES}{case.pk}/answer/", {"text": "Which country?"})["Location"] == f"{CASES}{case.pk}/"
    assert "Which country?" in page_of(sam, case)
    assert rows(sam, CASES, work="cases") == []
    assert sam.get(f"{CASES}{case.pk}/answer/").status_code == 405


def test_day_s_work_begins_with_who_waits_longest(sam: Client, case: Case) -> None:
    later = written("other@example.test")
    assert [row.pk for row in rows(sam, CASES, work="cases")] == [case.pk, later.pk]
    assert [row.pk for row in rows(sam, CASES)] == [later.pk, case.pk]


def test_page_says_whose_address_was_typed_and_that_nobody_showed_up(sam: Client, case: Case) -> None:
    ana = Account.objects.get(email="ana@example.test")
    said = page_of(sam, case)
    assert ("a•••@example.test" in said, "Nobody has shown yet" in said, f"…{ana.pk.hex[-6:]}" in said) == (
        True,
        True,
        True,
    )
    in_case(Client(), case)
    assert "Nobody has shown yet" not in page_of(sam, case)


def test_refusal_stands_beside_what_was_typed(sam: Client, now: datetime) -> None:
    case = Case.objects.create(kind="claim", created_at=now)
    answer = sam.post(f"{CASES}{case.pk}/answer/", {"text": "Hello."})
    assert (answer.status_code, CaseMessage.objects.count()) == (422, 0)
    # Whoever took so long that the messages are closed again finds what they wrote, and why it was refused.
    page = read(answer).text
    assert ("Nobody can be told" in page, "Hello." in answer.content.decode()) == (True, True)


def test_auditor_reads_nothing(case: Case) -> None:
    ada = console(make_staff("ada", Role.AUDITOR))
    assert "Read the messages" not in page_of(ada, case)
    assert ada.post(f"{CASES}{case.pk}/read/", {"reason": "Curious."}).status_code == 403
    assert TEXT not in page_of(ada, case)
