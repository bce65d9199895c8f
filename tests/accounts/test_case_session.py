"""A case by its link: asked for like a request, opened by POST, that case alone, half an hour (E07)."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts import case_messages, cases, clock, contacts, lockout
from accounts.actors import Actor
from accounts.enums import CaseKind, MessageChannel
from accounts.models import Account, Case, CaseLink, Event, Session
from closure.enums import ClosureState
from closure.retention.erase import erase_accounts
from tests.closure.closing import make_request
from tests.closure.links import in_status
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.pages import house_rules, read, sign_in
from tests.writing import TEXT, case_token, in_case, sent, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("E07")]


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def link_for(reference: str, contact: str) -> str | None:
    """Ask by the page; return what was sent, if anything was."""
    assert Client().post("/status/", {"reference": reference, "contact": contact}).status_code == 302
    words = sent("status_link")
    return None if words is None else words.text


def test_link_goes_to_the_address_that_was_typed_and_to_no_other(ana: Account) -> None:
    case = written()
    make_account("ben")
    assert link_for(case.reference.lower(), "ana@example.test") is not None
    for contact in ("ben@example.test", str(ana.phone), "nobody@example.test"):
        assert link_for(case.reference, contact) is None, contact
    assert link_for("SC-2222-2222", "ana@example.test") is None


def test_link_fetched_three_times_changes_nothing_and_then_opens_once(ana: Account) -> None:
    case = written()
    token, client = case_token(case), Client()
    before = (list(CaseLink.objects.values()), Session.objects.count())
    pages = [read(client.get(f"/status/{token}/")) for _time in range(3)]
    assert [house_rules(page) for page in pages] == [[]] * 3
    assert (list(CaseLink.objects.values()), Session.objects.count()) == before
    assert [page for page in pages if case.reference in page.text or TEXT in page.text] == []
    assert client.post(f"/status/{token}/")["Location"] == "/status/case/"
    assert (Client().post(f"/status/{token}/").status_code, Client().get(f"/status/{token}/").status_code) == (410, 410)


def test_link_sent_before_the_address_changed_opens_nothing(ana: Account, now: datetime) -> None:
    """A link is for who has the address now, and the old one may be somebody else's."""
    case = written()
    token, other = case_token(case), case_token(case)
    with transaction.atomic():
        contacts.remember(ana, MessageChannel.SMS, str(ana.phone), now=clock.now())
    assert Client().post(f"/status/{other}/").status_code == 302
    with transaction.atomic():
        contacts.remember(ana, MessageChannel.EMAIL, str(ana.email), now=clock.now())
    assert (Client().get(f"/status/{token}/").status_code, Client().post(f"/status/{token}/").status_code) == (410, 410)


@pytest.mark.row("H07")
def test_opening_shows_whose_case_it_is(ana: Account) -> None:
    case = written()
    in_case(Client(), case)
    case.refresh_from_db()
    assert case.account_id == ana.pk
    used, confirmed = Event.objects.order_by("-id")[:2][::-1]
    assert [(event.action, event.account_id, event.actor) for event in (used, confirmed)] == [
        ("link.used", ana.pk, f"link:{ana.pk}"),
        ("case.confirmed", ana.pk, f"link:{ana.pk}"),
    ]
    assert json.loads(bytes(confirmed.body))["data"]["case"] == case.reference
    # From now on by any contact of the account.
    assert link_for(case.reference, str(ana.phone)) is not None


def test_session_shows_the_case_alone_and_writes_in_it(ana: Account, now: datetime) -> None:
    case, other = written(), written()
    sam = Actor.staff(make_staff("sam"))
    case_messages.answer(case.pk, "Which country?", actor=sam, now=now)
    client = in_case(Client(), case)
    page = read(client.get("/status/case/"))
    assert (house_rules(page), other.reference in page.text) == ([], False)
    assert [word for word in (case.reference, TEXT, "Which country?", "An answer waits") if word not in page.text] == []
    assert client.post("/status/case/", {"text": "France."})["Location"] == "/status/case/"
    assert "France." in read(client.get("/status/case/")).text
    for elsewhere in ("/status/open/", "/status/cancel/", "/status/records/", "/help/cases/", "/security/"):
        assert client.get(elsewhere).status_code == 302, elsewhere
    assert client.get("/help/contact/")["Location"] == "/status/case/"
    assert client.get("/api/v1/account/").status_code == 401


def test_session_of_a_request_opens_no_case(ana: Account, now: datetime) -> None:
    request = make_request(ana, state=ClosureState.COOLING_OFF, now=now)
    assert in_status(Client(), request).get("/status/case/")["Location"] == "/status/"


def test_nobody_s_case_opens_by_the_address_that_was_typed(now: datetime) -> None:
    case = written("nobody@example.test")
    client = in_case(Client(), case, "nobody@example.test")
    assert TEXT in read(client.get("/status/case/")).text
    assert client.post("/status/case/", {"text": "More."}).status_code == 302
    event = Event.objects.latest("id")
    assert (event.action, event.account_id, event.actor) == ("case.written", None, f"status_session:{case.pk}")


def test_session_ends_after_half_an_hour_and_by_leaving(ana: Account, advance: Any) -> None:
    case = written()
    client = in_case(Client(), case)
    advance(minutes=29)
    assert client.get("/status/case/").status_code == 200
    client.post("/status/leave/")
    assert (client.get("/status/case/")["Location"], Session.objects.count()) == ("/status/", 0)
    advance(minutes=20)
    client = in_case(Client(), case)
    advance(minutes=50)
    assert client.get("/status/case/")["Location"] == "/status/"


@pytest.mark.parametrize(("minutes", "status"), [(14, 302), (15, 410)])
def test_link_lives_for_a_quarter_of_an_hour(ana: Account, advance: Any, minutes: int, status: int) -> None:
    token = case_token(written())
    advance(minutes=minutes)
    assert Client().post(f"/status/{token}/").status_code == status


def test_link_to_an_erased_account_opens_nothing(ana: Account) -> None:
    case = written()
    token = case_token(case)
    link = CaseLink.objects.values().get()
    erase_accounts([ana.pk])
    CaseLink.objects.create(**link)
    assert Client().post(f"/status/{token}/").status_code == 410
    assert link_for(case.reference, "ana@example.test") is None


def test_case_whose_reference_the_owner_was_told_opens(ana: Account, now: datetime) -> None:
    with transaction.atomic():
        case = cases.open_by_itself(ana, CaseKind.DISPUTE, actor=lockout.ALARM, now=now)
        hidden = cases.open_by_itself(ana, CaseKind.OTHER, actor=lockout.ALARM, now=now)
    text = link_for(case.reference, "ana@example.test")
    assert text is not None
    assert link_for(hidden.reference, "ana@example.test") is None


@pytest.mark.row("D05")
def test_signed_in_owner_finds_their_cases_and_writes(ana: Account, now: datetime) -> None:
    client = Client()
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    assert "You have no case." in read(client.get("/help/cases/")).text
    page = read(client.get("/help/contact/?kind=document_number"))
    assert (house_rules(page), [field["name"] for field in page.every("input") if field.get("name") == "contact"]) == (
        [],
        [],
    )
    assert {option.get("value") for option in page.every("option") if "selected" in option} == {"document_number"}
    answer = client.post("/help/contact/", {"kind": "document_number", "text": TEXT})
    case = Case.objects.get()
    assert (answer["Location"], case.account_id) == (f"/help/cases/{case.reference}/", ana.pk)
    assert client.post(answer["Location"], {"text": "More."}).status_code == 302
    refused = client.post(answer["Location"], {"text": ""})
    assert (refused.status_code, house_rules(read(refused))) == (422, [])
    page = read(client.get(answer["Location"]))
    assert ("More." in page.text, TEXT in page.text, house_rules(page)) == (True, True, [])
    listed = read(client.get("/help/cases/"))
    assert (case.reference in listed.text, house_rules(listed)) == (True, [])
    theirs = written("ben@example.test")
    assert client.get(f"/help/cases/{theirs.reference}/").status_code == 404


@pytest.mark.row("D06", "E07")
def test_owner_in_a_status_session_writes_without_an_address(ana: Account, now: datetime) -> None:
    request = make_request(ana, state=ClosureState.COOLING_OFF, now=now)
    client = in_status(Client(), request)
    assert client.post("/help/contact/", {"kind": "other", "text": TEXT})["Location"] == "/help/contact/sent/"
    assert (Case.objects.get().account_id, Event.objects.latest("id").actor) == (ana.pk, f"status_session:{ana.pk}")
    assert client.get("/status/open/").status_code == 200
