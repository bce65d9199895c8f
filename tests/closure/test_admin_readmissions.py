"""A locked account is opened again at the console: proposed on its case, opened or taken back on a page of its own."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.enums import CaseState, Role
from accounts.models import Account, Case
from accounts.restrictions import active
from closure.models import Readmission
from closure.operations import readmit
from tests.closure.locked import locked_out
from tests.console import REASON, console
from tests.factories import make_staff
from tests.pages import read
from tests.settling import restrict

pytestmark = [pytest.mark.django_db, pytest.mark.row("L02", "L06")]
LIST, CASES = "/staff/closure/readmission/", "/staff/accounts/case/"


@pytest.fixture
def sam() -> Account:
    return make_staff("sam")


@pytest.fixture
def case(now: datetime) -> Case:
    return locked_out("ana", now=now)


def propose(client: Client, case: Case) -> Any:
    return client.post(f"{CASES}{case.pk}/readmit/", {"reason": REASON})


def buttons(client: Client, path: str) -> list[str]:
    return [
        each
        for each in ("Propose to open it", "Open the account", "Take the proposal back")
        if f">{each}</button>" in client.get(path).content.decode()
    ]


def status() -> str:
    return Account.objects.get(email="ana@example.test").status


def test_agent_proposes_on_the_case_and_a_lead_opens_on_the_page_of_the_proposal(sam: Account, case: Case) -> None:
    agent, lead, here = console(sam), console(make_staff("lea", Role.LEAD)), f"{CASES}{case.pk}/"
    assert buttons(agent, here) == ["Propose to open it"]
    assert agent.post(f"{here}readmit/", {"reason": ""}).status_code == 422
    assert propose(agent, case)["Location"] == here
    row = Readmission.objects.get()
    one = f"{LIST}{row.pk}/"
    assert (buttons(agent, here), one in [link["href"] for link in read(agent.get(here)).every("a")]) == ([], True)
    assert (buttons(agent, one), buttons(lead, one)) == (
        ["Take the proposal back"],
        ["Open the account", "Take the proposal back"],
    )
    assert agent.post(f"{one}confirm/", {"reason": REASON}).status_code == 403
    assert lead.post(f"{one}confirm/", {"reason": ""}).status_code == 422
    assert lead.post(f"{one}confirm/", {"reason": REASON})["Location"] == one
    assert (status(), buttons(lead, one), buttons(lead, here)) == ("active", [], [])
    assert case.reference in read(lead.get(one)).text


def test_page_from_before_a_proposal_opens_nothing(sam: Account, case: Case) -> None:
    agent, lead = console(sam), console(make_staff("lea", Role.LEAD))
    assert buttons(lead, f"{CASES}{case.pk}/") == ["Propose to open it"]
    propose(agent, case)
    refused = propose(lead, case)
    page = read(refused)
    assert (refused.status_code, "changed since you opened it" in page.text, REASON in page.text) == (422, True, True)
    assert (status(), Readmission.objects.get().proposed_by) == ("disabled", sam.pk)


def test_page_of_a_proposal_that_was_taken_back_opens_nothing(sam: Account, case: Case) -> None:
    agent, lead = console(sam), console(make_staff("lea", Role.LEAD))
    propose(agent, case)
    one = f"{LIST}{Readmission.objects.get().pk}/"
    assert agent.post(f"{one}drop/", {"reason": REASON}).status_code == 302
    assert propose(agent, case).status_code == 302
    refused = lead.post(f"{one}confirm/", {"reason": REASON})
    assert (refused.status_code, "does not wait any more" in read(refused).text, status()) == (
        422,
        True,
        "disabled",
    )
    assert "taken back" in read(lead.get(one)).text


def test_auditor_reads_and_opens_nothing(sam: Account, case: Case) -> None:
    propose(console(sam), case)
    eve, one = console(make_staff("eve", Role.AUDITOR)), f"{LIST}{Readmission.objects.get().pk}/"
    assert (buttons(eve, one), eve.post(f"{one}drop/", {"reason": REASON}).status_code) == ([], 403)
    assert (buttons(eve, f"{CASES}{case.pk}/"), propose(eve, case).status_code) == ([], 403)


def test_case_that_is_open_offers_nothing_and_says_what_comes_first(sam: Account, case: Case, now: datetime) -> None:
    first, agent, here = "once the case is resolved", console(sam), f"{CASES}{case.pk}/"
    assert first not in read(agent.get(here)).text
    Case.objects.filter(pk=case.pk).update(state=CaseState.OPEN, resolved_at=None)
    assert (buttons(agent, here), first in read(agent.get(here)).text) == ([], True)
    assert first not in read(console(make_staff("eve", Role.AUDITOR)).get(here)).text
    ana = Account.objects.get(email="ana@example.test")
    restrict(ana, "security_investigation", now=now)
    assert first not in read(agent.get(here)).text
    active(ana.pk)[0].delete()
    assert first in read(agent.get(here)).text
    Account.objects.filter(email="ana@example.test").update(status="active")
    assert first not in read(agent.get(here)).text


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_as_often_for_many_rows(
    rows: int, sam: Account, now: datetime, django_assert_num_queries: Any
) -> None:
    client = console(sam)
    for number in range(rows):
        case = locked_out(f"ana{number}", now=now)
        readmit.propose(case.pk, actor=Actor.staff(sam), reason=REASON, now=now)
    with django_assert_num_queries(5):
        answer: Any = client.get(LIST, {"work": "readmissions"})
    assert answer.context["cl"].result_count == rows
    found: Any = client.get(LIST, {"q": "ana0@example.test"})
    assert [row.account.email for row in found.context["cl"].result_list] == ["ana0@example.test"]
