"""Disclosures at the console: asked for by one, approved by two, and never offered to who acted before (F05, L06)."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.ids import uuid7
from accounts.models import Account
from closure.retention.models import ArchivePrint, Disclosure
from tests.closure.retention.sealing import sealed
from tests.console import console
from tests.disclosing import ORDER, PERSON, REASON, approve, approved, archived, asked, case_of, staff
from tests.factories import make_account, make_staff
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("F05")]
LIST = "/staff/retention/disclosure/"


@pytest.fixture
def ana(now: datetime) -> Account:
    return archived(now=now)


@pytest.fixture
def omar() -> Client:
    return console(staff("omar"))


def typed(**more: str) -> dict[str, str]:
    """Return what compliance types for an authority."""
    return {"purpose": "regulator", "account": "ana@example.test", "reference": ORDER, "reason": REASON, **more}


def act(client: Client, row: Disclosure, code: str, reason: str = "The passport is hers.") -> Any:
    """Send the form of one approval."""
    return client.post(f"{LIST}{row.pk}/{code}/", {"reason": reason})


def offered(client: Client, row: Disclosure) -> list[str]:
    """Return the steps that the page of a disclosure offers."""
    page = read(client.get(f"{LIST}{row.pk}/"))
    acts = [
        form.get("action", "").split("/")[-2] for form in page.every("form") if str(row.pk) in form.get("action", "")
    ]
    opening = [link for link in page.every("a") if link.get("href") == f"{LIST}{row.pk}/open/"]
    return [*acts, *("open" for _link in opening)]


@pytest.mark.row("L06")
def test_each_step_is_offered_to_who_did_none_before(ana: Account, now: datetime) -> None:
    people = {name: console(staff(name)) for name in ("amy", "sam", "lea", "olga")}
    reference = case_of(ana, now=now)
    answer = people["amy"].post(f"{LIST}ask/", typed(purpose="person", reference=reference.lower()))
    row = Disclosure.objects.get()
    assert (answer["Location"], row.purpose, row.case_reference) == (f"{LIST}{row.pk}/", PERSON, reference)

    def shown() -> dict[str, list[str]]:
        return {name: offered(client, row) for name, client in people.items()}

    assert shown() == {"amy": [], "sam": ["approve_agent"], "lea": ["approve_lead"], "olga": []}
    assert act(people["lea"], row, "approve_lead").status_code == 302
    assert shown() == {"amy": [], "sam": ["approve_agent"], "lea": [], "olga": []}
    assert act(people["sam"], row, "approve_agent").status_code == 302
    assert shown() == {"amy": [], "sam": [], "lea": [], "olga": ["open"]}
    text = read(people["sam"].get(f"{LIST}{row.pk}/")).text
    for said in (reference, "the person concerned", ana.short_id, "can be opened", "Approved as lead by"):
        assert said in text, said


@pytest.mark.row("L06")
def test_server_refuses_who_acted_before(ana: Account, now: datetime) -> None:
    row = asked(ana, PERSON, now=now, by="sam")
    for name, code in (("sam", "approve_agent"), ("lea", "approve_agent"), ("olga", "approve_lead")):
        assert act(console(staff(name)), row, code).status_code == 403
    row.refresh_from_db()
    assert (row.agent_approved_at, row.lead_approved_at) == (None, None)


def test_reason_and_a_known_step_are_needed(ana: Account, now: datetime) -> None:
    row, sam = asked(ana, PERSON, now=now), console(staff("sam"))
    answer = act(sam, row, "approve_agent", reason=" ")
    assert (answer.status_code, "This field is required." in read(answer).text) == (422, True)
    assert act(sam, row, "eat").status_code == 404
    assert sam.get(f"{LIST}{row.pk}/approve_agent/").status_code == 405


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"account": "nobody@example.test"}, "There is no archive of this account."),
        ({"account": "nobody"}, "There is no archive of this account."),
        ({"account": str(uuid7())}, "There is no archive of this account."),
        ({"purpose": ""}, "Choose for whom the archive is opened."),
        ({"purpose": "press"}, "Select a valid choice."),
        ({"purpose": "person"}, "There is no open case of this person"),
        ({"reference": ""}, "This field is required."),
        ({"reference": "r" * 65}, "at most 64 characters"),
        ({"reason": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said(omar: Client, ana: Account, wrong: dict[str, str], words: str) -> None:
    answer = omar.post(f"{LIST}ask/", typed(**wrong))
    assert (answer.status_code, words in read(answer).text, Disclosure.objects.count()) == (422, True, 0)


@pytest.mark.row("F08")
def test_closed_account_is_found_by_what_its_archive_was(omar: Client, now: datetime) -> None:
    """No table knows the address any more; two archives that had it are told apart by their ids."""
    closed = make_account("zoe", email="other@example.test")
    sealed("ana", now=now, account_id=closed.pk)
    assert omar.post(f"{LIST}ask/", typed()).status_code == 302
    assert Disclosure.objects.get().account_id == closed.pk
    again = sealed("ana", now=now)
    answer = omar.post(f"{LIST}ask/", typed())
    text = read(answer).text
    assert (answer.status_code, str(closed.pk) in text, str(again.account_id) in text) == (422, True, True)
    ArchivePrint.objects.all().delete()
    assert omar.post(f"{LIST}ask/", typed(account=str(closed.pk))).status_code == 302


@pytest.mark.row("L07")
def test_nobody_but_compliance_learns_whether_an_address_is_in_an_archive(now: datetime) -> None:
    """An agent has the case, which says whose it is."""
    closed = make_account("zoe", email="other@example.test")
    sealed("ana", now=now, account_id=closed.pk)
    sam = console(staff("sam"))
    answers = [
        sam.post(f"{LIST}ask/", typed(purpose="person", reference="SC-7F2A-94KD", account=account))
        for account in ("ana@example.test", "nobody@example.test")
    ]
    said = ["There is no archive of this account." in read(answer).text for answer in answers]
    assert ([answer.status_code for answer in answers], said) == ([422, 422], [True, True])
    by_id = typed(purpose="person", reference=case_of(closed, now=now), account=str(closed.pk))
    assert sam.post(f"{LIST}ask/", by_id).status_code == 302


@pytest.mark.row("L07")
@pytest.mark.parametrize("role", list(Role))
def test_who_sees_what(ana: Account, now: datetime, role: Role) -> None:
    """An order of an authority is for compliance and auditors; what a person asked for is handled by all."""
    order, mine = asked(ana, now=now), asked(ana, PERSON, now=now)
    client = console(make_staff("someone", role))
    sees = role in {Role.COMPLIANCE, Role.AUDITOR}
    paths = (LIST, f"{LIST}{mine.pk}/", f"{LIST}{order.pk}/")
    assert [client.get(path).status_code for path in paths] == [200, 200, 200 if sees else 404]
    assert (order.case_reference in client.get(LIST).content.decode()) is sees
    assert LIST in client.get("/staff/").content.decode()
    asks = role is not Role.AUDITOR
    assert (f"{LIST}ask/" in client.get(LIST).content.decode()) is asks
    assert client.get(f"{LIST}ask/").status_code == (200 if asks else 403)
    if role is not Role.COMPLIANCE:
        assert client.post(f"{LIST}ask/", typed()).status_code == 403
        assert Disclosure.objects.count() == 2


def test_list_has_what_waits_first_and_is_searched_exactly(omar: Client, now: datetime) -> None:
    made = [asked(archived(name, now=now), now=now) for name in ("ana", "ben", "cid")]
    Disclosure.objects.filter(pk=made[0].pk).update(
        opened_at=now, opened_by=staff("olga").pk, bundle_digest=b"d" * 32, case_reference="BA 13/2026"
    )
    answer: Any = omar.get(LIST)
    assert [row.pk for row in answer.context["cl"].result_list] == [made[1].pk, made[2].pk, made[0].pk]
    for term, found in (("ba 13/2026", [made[0].pk]), (str(made[1].account_id), [made[1].pk]), ("BA", [])):
        answer = omar.get(LIST, {"q": term})
        assert [row.pk for row in answer.context["cl"].result_list] == found
    assert "64" * 32 in read(omar.get(f"{LIST}{made[0].pk}/")).text


def test_approved_one_waits_for_compliance_alone(ana: Account, now: datetime) -> None:
    row = approved(ana, now=now)
    for role, name in ((Role.AGENT, "amy"), (Role.LEAD, "lou")):
        assert offered(console(make_staff(name, role)), row) == []
    assert offered(console(staff("omar")), row) == []
    assert offered(console(staff("olga")), row) == ["open"]


def test_list_asks_the_database_as_often_for_three_as_for_one(
    omar: Client, now: datetime, django_assert_num_queries: Any
) -> None:
    for name in ("ana", "ben", "cid"):
        row = asked(archived(name, now=now), PERSON, now=now)
        approve(row, Role.AGENT, now=now)
        # Session, account, device, roles, rows.
        with django_assert_num_queries(5):
            omar.get(LIST)
