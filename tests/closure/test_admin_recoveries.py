"""Recoveries at the console: what staff see, who decides what, and whose desk it is on (J04, L04, L06)."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.enums import RecoveryState, Role
from accounts.models import Account, Case, FactorRecovery
from accounts.recovering import note
from tests.console import REASON, console
from tests.factories import make_account, make_staff
from tests.pages import read
from tests.recovering import look, submitted

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("J04", "L04"),
]
LIST = "/staff/accounts/factorrecovery/"
S = RecoveryState


@pytest.fixture
def row(now: datetime) -> FactorRecovery:
    return submitted(make_account("ana"), now=now)


def person(role: Role, name: str = "") -> tuple[Account, Client]:
    """Return a person of a role and their browser."""
    account = make_staff(name or f"{role.value}s", role)
    return account, console(account)


def post(client: Client, row: FactorRecovery, what: str, **fields: Any) -> Any:
    return client.post(f"{LIST}{row.pk}/{what}/", {"reason": REASON, **fields})


def offered(client: Client, row: FactorRecovery) -> list[str]:
    """Return what the page offers to decide."""
    forms = [
        each["action"] for each in read(client.get(f"{LIST}{row.pk}/")).every("form") if str(row.pk) in each["action"]
    ]
    return [action.rstrip("/").rpartition("/")[2] for action in forms if not action.endswith("/desk/")]


def state() -> str:
    return FactorRecovery.objects.get().state


def test_page_shows_what_is_on_file_the_words_of_the_note_and_the_photos(row: FactorRecovery, now: datetime) -> None:
    sam, browser = person(Role.AGENT)
    page = read(browser.get(f"{LIST}{row.pk}/"))
    for words in (row.case.reference, "Ana Diaz", "passport, US", "authenticator code", note.text(row), "Photo 2"):
        assert words in page.text, words
    assert "you looked at it" not in page.text
    look(row, Actor.staff(sam), now=now)
    assert read(browser.get(f"{LIST}{row.pk}/")).text.count("you looked at it") == 2
    case = read(browser.get(f"/staff/accounts/case/{row.case_id}/"))
    assert f"{LIST}{row.pk}/" in {each.get("href") for each in case.every("a")}


def test_page_names_the_other_open_cases_of_the_account(row: FactorRecovery, now: datetime) -> None:
    sam = person(Role.AGENT)[1]
    assert "Other open cases" not in read(sam.get(f"{LIST}{row.pk}/")).text
    alert = Case.objects.create(kind="suspicious_sign_in", account_id=row.account_id, created_at=now)
    page = read(sam.get(f"{LIST}{row.pk}/"))
    assert f"Other open cases of this account {alert.reference} suspicious sign-in, open" in " ".join(page.text.split())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("password", "password Begun"),
        ("sms", "text message code Begun"),
        # Of those that were begun before it was kept nobody knows which one it was.
        ("", "the password, or a code of another way Begun"),
    ],
)
def test_page_says_what_was_given_beside_the_link(row: FactorRecovery, given: str, said: str) -> None:
    FactorRecovery.objects.update(given=given)
    page = read(person(Role.AGENT)[1].get(f"{LIST}{row.pk}/"))
    assert f"Given beside the link {said}" in " ".join(page.text.split())


@pytest.mark.row("L06")
def test_agent_proposes_and_a_lead_who_looked_confirms(row: FactorRecovery, now: datetime) -> None:
    (sam, agent), (lea, lead) = person(Role.AGENT), person(Role.LEAD)
    assert offered(agent, row) == ["propose", "ask", "refuse", "stop"]
    refused = post(agent, row, "propose")
    assert (refused.status_code, "Look at every photo" in read(refused).text) == (422, True)
    look(row, Actor.staff(sam), Actor.staff(lea), now=now)
    assert post(agent, row, "propose", reason=" ").status_code == 422
    assert post(agent, row, "propose").status_code == 302
    assert offered(agent, row) == ["ask", "refuse", "stop"]
    assert offered(lead, row) == ["confirm", "ask", "refuse", "stop"]
    assert post(agent, row, "confirm").status_code == 403
    assert (post(lead, row, "confirm").status_code, state()) == (302, S.WAITING)
    assert (offered(agent, row), offered(lead, row)) == (["stop"], ["stop"])
    assert "Takes effect" in read(lead.get(f"{LIST}{row.pk}/")).text


@pytest.mark.row("J15")
@pytest.mark.parametrize(("what", "after"), [("ask", S.NEEDS_MORE), ("refuse", S.REFUSED)])
def test_turning_down_names_a_rule(what: str, after: str, row: FactorRecovery) -> None:
    _sam, browser = person(Role.AGENT)
    assert (post(browser, row, what).status_code, state()) == (422, S.SUBMITTED)
    assert post(browser, row, what, broken="no_such_rule").status_code == 422
    assert post(browser, row, what, broken=["edges", "name"]).status_code == 302
    page = read(browser.get(f"{LIST}{row.pk}/"))
    assert (state(), "All four edges of the document must be in the photo." in page.text) == (after, True)


@pytest.mark.row("L05")
def test_stop_ends_what_is_confirmed_and_on_anothers_desk(row: FactorRecovery, now: datetime) -> None:
    (sam, agent), (lea, lead), (_sue, sue) = person(Role.AGENT), person(Role.LEAD), person(Role.AGENT, "sue")
    look(row, Actor.staff(sam), Actor.staff(lea), now=now)
    assert (post(agent, row, "propose").status_code, post(lead, row, "confirm").status_code) == (302, 302)
    assert lead.post(f"{LIST}{row.pk}/desk/", {"move": "claim"}).status_code == 302
    assert (post(sue, row, "stop", reason=" ").status_code, state()) == (422, S.WAITING)
    assert (post(sue, row, "stop").status_code, state(), offered(sue, row)) == (302, S.ENDED, [])


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.AUDITOR])
def test_other_roles_look_and_do_not_decide(role: Role, row: FactorRecovery) -> None:
    _olga, browser = person(role)
    assert (browser.get(f"{LIST}{row.pk}/").status_code, offered(browser, row)) == (200, [])
    for what in ("propose", "confirm", "ask", "refuse", "stop"):
        assert post(browser, row, what, broken="edges").status_code == 403, what
    assert state() == S.SUBMITTED


def test_page_says_where_nothing_is_on_file_and_offers_compliance_to_confirm(
    row: FactorRecovery, now: datetime
) -> None:
    Account.objects.filter(pk=row.account_id).update(name="")
    (sam, agent), (olga, officer) = person(Role.AGENT), person(Role.COMPLIANCE)
    _lea, lead = person(Role.LEAD)
    look(row, Actor.staff(sam), Actor.staff(olga), now=now)
    assert post(agent, row, "propose").status_code == 302
    assert "nothing to compare with" in read(agent.get(f"{LIST}{row.pk}/")).text
    assert (offered(lead, row), offered(officer, row)) == (["ask", "refuse", "stop"], ["confirm"])
    assert (post(lead, row, "confirm").status_code, post(officer, row, "confirm").status_code) == (403, 302)


def test_desk_keeps_others_out_until_it_is_taken_over(row: FactorRecovery) -> None:
    (_sam, sam), (_sue, sue), (_lea, lea) = person(Role.AGENT), person(Role.AGENT, "sue"), person(Role.LEAD)
    desk = f"{LIST}{row.pk}/desk/"
    assert sam.post(desk, {"move": "claim"})["Location"] == f"{LIST}{row.pk}/"
    assert (offered(sam, row), offered(sue, row)) == (["propose", "ask", "refuse", "stop"], ["stop"])
    assert post(sue, row, "refuse", broken="edges").status_code == 422
    assert sue.post(desk, {"move": "take_over"}).status_code == 403
    assert sue.post(desk, {"move": "nonsense"}).status_code == 422
    assert lea.post(desk, {"move": "take_over"}).status_code == 302
    assert lea.post(desk, {"move": "release"}).status_code == 302
    assert offered(sue, row) == ["propose", "ask", "refuse", "stop"]


def test_list_costs_the_same_with_one_row_and_with_three(
    row: FactorRecovery, now: datetime, django_assert_num_queries: Any
) -> None:
    _sam, browser = person(Role.AGENT)
    browser.get(LIST)
    for others in ((), ("ben", "cleo")):
        for name in others:
            submitted(make_account(name), now=now)
        with django_assert_num_queries(5):
            page = read(browser.get(LIST))
        assert page.text.count("SC-") == len(others) + 1
    assert "SC-" not in read(browser.get(f"{LIST}?q=nobody@example.test")).text
    assert row.case.reference in read(browser.get(f"{LIST}?q=ana@example.test")).text


def test_index_counts_what_waits(row: FactorRecovery) -> None:
    _sam, browser = person(Role.AGENT)
    assert "Recoveries to look at" in read(browser.get("/staff/")).text
    assert row.case.reference in read(browser.get(f"{LIST}?work=review")).text
    assert row.case.reference not in read(browser.get(f"{LIST}?work=second")).text
