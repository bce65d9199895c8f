"""Cases in the staff console: read for a reason that the journal keeps, answered, and the day's work (H07, L04)."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Account, Case, CaseMessage, Event, Note
from tests.accounts.test_admin import CASES, rows
from tests.console import console, in_review
from tests.factories import make_account, make_staff
from tests.pages import read
from tests.writing import TEXT, in_case, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("L04")]
BESIDE = "Other open cases of this account"


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
        {"case": case.reference, "message": str(CaseMessage.objects.get(case=case).pk)},
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
    assert [row.pk for row in rows(sam, CASES)] == [case.pk, later.pk]
    assert [row.pk for row in rows(sam, CASES, q="ana@example.test")] == [case.pk]


def test_queue_is_filtered_by_state_kind_and_desk(sam: Client, case: Case, now: datetime) -> None:
    claimed, over = written("b@example.test", kind="lost_factor"), written("c@example.test")
    sam.post(f"{CASES}{claimed.pk}/desk/", {"move": "claim"})
    sam.post(f"{CASES}{over.pk}/resolve/", {"note": ""})
    listed = {
        "": [case, claimed],
        "state=resolved": [over],
        "state=all": [over, claimed, case],
        "kind=lost_factor": [claimed],
        "desk=mine": [claimed],
        "desk=free": [case],
        "q=" + over.reference: [],
    }
    for query, found in listed.items():
        filters = dict(part.split("=") for part in query.split("&") if part)
        expected = [over] if "q" in filters else found
        assert [row.pk for row in rows(sam, CASES, **filters)] == [each.pk for each in expected], query


def test_desk_is_claimed_given_back_and_taken_over(sam: Client, case: Case) -> None:
    lea, tim = console(make_staff("lea", Role.LEAD)), console(make_staff("tim"))
    assert moves(sam, case) == ["claim"]
    assert sam.post(f"{CASES}{case.pk}/desk/", {"move": "claim"}).status_code == 302
    assert (moves(sam, case), moves(tim, case), moves(lea, case)) == (["claim", "release"], [], ["take_over"])
    assert "sam@staff.example.test is at work on it" in page_of(tim, case)
    tim.post(f"{CASES}{case.pk}/read/", {"reason": "Curious."})
    shown = page_of(tim, case)
    assert (TEXT in shown, "Send the answer" in shown, "Resolve case" in shown) == (True, False, False)
    refused = tim.post(f"{CASES}{case.pk}/answer/", {"text": "Hello."})
    assert (refused.status_code, "A lead can take it over" in read(refused).text) == (422, True)
    assert lea.post(f"{CASES}{case.pk}/desk/", {"move": "take_over"}).status_code == 302
    refused = sam.post(f"{CASES}{case.pk}/desk/", {"move": "claim"})
    assert (refused.status_code, "is at work" in read(refused).text) == (422, True)
    assert lea.post(f"{CASES}{case.pk}/desk/", {"move": "release"}).status_code == 302
    assert (moves(sam, case), sam.post(f"{CASES}{case.pk}/desk/", {"move": "erase"}).status_code) == (["claim"], 422)


def moves(client: Client, case: Case) -> list[str]:
    page = read(client.get(f"{CASES}{case.pk}/"))
    return [field["value"] for field in page.every("input") if field.get("name") == "move"]


@pytest.mark.row("L02")
def test_answer_begins_with_a_template_and_is_previewed(sam: Client, case: Case) -> None:
    sam.post(f"{CASES}{case.pk}/read/", {"reason": "My turn."})
    page = read(sam.get(f"{CASES}{case.pk}/"))
    chosen = [option["value"] for option in page.every("option") if "selected" in option]
    assert chosen == ["document_number"]
    assert "You can get back in by yourself." in page_of_template(sam, case, "lost_factor")
    assert page_of_template(sam, case, "erase") == page_of_template(sam, case, "")
    shown = sam.post(f"{CASES}{case.pk}/answer/", {"text": "Do this.\nThen that.", "preview": "1"})
    assert (shown.status_code, "Do this.<br>Then that." in shown.content.decode()) == (200, True)
    assert CaseMessage.objects.filter(from_staff=True).count() == 0
    assert sam.post(f"{CASES}{case.pk}/answer/", {"text": "", "preview": "1"}).status_code == 422


def page_of_template(client: Client, case: Case, code: str) -> str:
    """Return the answer's text as the page begins it."""
    content = client.get(f"{CASES}{case.pk}/", {"template": code}).content.decode()
    return content.partition('name="text"')[2].partition("</textarea>")[0]


def test_case_shows_the_closures_of_its_account(sam: Client, now: datetime) -> None:
    request = in_review(now=now)
    case = Case.objects.create(kind="dispute", account_id=request.account_id, created_at=now)
    assert request.reference in page_of(sam, case)
    assert case.reference in read(sam.get(f"/staff/closure/closurerequest/{request.pk}/")).text


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


def test_page_names_the_other_open_cases_of_the_account(sam: Client, case: Case, now: datetime) -> None:
    ana = Account.objects.get(email="ana@example.test")
    assert BESIDE not in page_of(sam, case)
    alert = Case.objects.create(kind="suspicious_sign_in", account_id=ana.pk, created_at=now)
    over = Case.objects.create(kind="dispute", account_id=ana.pk, created_at=now, state="resolved", resolved_at=now)
    another = Case.objects.create(kind="dispute", account_id=make_account("ben").pk, created_at=now)
    nobody_s = Case.objects.create(kind="other", created_at=now)
    # What came from the address of an account may be of its owner, who saw a thief: whoever decides has to know.
    said = section(page_of(sam, alert), BESIDE)
    assert (case.reference in said, "Nobody has shown yet that the address is theirs." in said) == (True, True)
    in_case(Client(), case)
    said = section(page_of(sam, alert), BESIDE)
    assert (case.reference in said, "Nobody has shown yet" in said) == (True, False)
    assert [each.reference in section(page_of(sam, case), BESIDE) for each in (alert, case, over, another)] == [
        True,
        False,
        False,
        False,
    ]
    assert alert.reference in section(page_of(sam, over), BESIDE)
    assert [BESIDE in page_of(sam, each) for each in (another, nobody_s)] == [False, False]


def section(page: str, heading: str) -> str:
    """Return what stands on a page between a heading and what follows it."""
    return page.partition(heading)[2].partition("Read")[0]


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
