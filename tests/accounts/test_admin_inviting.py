"""Documents that stand for a proof, on the page of a case: proposed, confirmed by a lead, ended (J04, L06)."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts import cases
from accounts.actors import Actor
from accounts.enums import CaseKind, Role
from accounts.models import Account, Case, RecoveryInvitation
from tests.accounts.test_admin import CASES, rows
from tests.console import REASON, console
from tests.factories import make_account, make_staff
from tests.outbox import messages
from tests.pages import read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("J04", "L06")]


@pytest.fixture
def case(now: datetime) -> Case:
    sue = Actor.staff(make_staff("sue"))
    return cases.open_case(make_account("ana").pk, CaseKind.LOST_FACTOR, actor=sue, note="", now=now)


def post(client: Client, case: Case, what: str, reason: str = REASON, *, proposal: str = "") -> Any:
    return client.post(f"{CASES}{case.pk}/{what}/", {"reason": reason, "proposal": proposal})


def proposal_on(client: Client, case: Case) -> str:
    """Return which proposal the form on the page names."""
    fields = read(client.get(f"{CASES}{case.pk}/")).every("input")
    return next(each["value"] for each in fields if each.get("name") == "proposal")


def offered(client: Client, case: Case) -> list[str]:
    """Return which of the two forms the page has."""
    forms = [form["action"] for form in read(client.get(f"{CASES}{case.pk}/")).every("form") if "action" in form]
    return [each for each in ("invite", "uninvite") if f"{CASES}{case.pk}/{each}/" in forms]


def test_agent_proposes_a_lead_confirms_and_one_of_them_ends_it(case: Case) -> None:
    sam, lea = console(make_staff("sam")), console(make_staff("lea", Role.LEAD))
    assert (offered(sam, case), post(sam, case, "invite", " ").status_code) == (["invite"], 422)
    assert post(sam, case, "invite")["Location"] == f"{CASES}{case.pk}/"
    assert (offered(sam, case), offered(lea, case)) == (["uninvite"], ["invite", "uninvite"])
    assert [row.pk for row in rows(lea, CASES, work="invitations")] == [case.pk]
    assert " proposed it." in read(lea.get(f"{CASES}{case.pk}/")).text
    waits = proposal_on(lea, case)
    assert post(sam, case, "invite", proposal=waits).status_code == 403
    assert post(lea, case, "invite", proposal=waits).status_code == 302
    assert rows(lea, CASES, work="invitations") == []
    assert [each.channel for each in messages(case_owner(case), template="invitation_notice")] == ["email", "sms"]
    page = read(sam.get(f"{CASES}{case.pk}/"))
    assert ("Documents stand for the proof until" in page.text, "<time" in page.text) == (True, False)
    assert (offered(sam, case), post(sam, case, "uninvite").status_code) == (["uninvite"], 302)
    assert (offered(sam, case), RecoveryInvitation.objects.get().end_reason) == (["invite"], "staff")
    assert post(sam, case, "uninvite").status_code == 422
    assert sam.get(f"{CASES}{case.pk}/invite/").status_code == 405


def test_page_that_offers_to_propose_confirms_nothing_that_was_proposed_meanwhile(case: Case) -> None:
    sam, lea = console(make_staff("sam")), console(make_staff("lea", Role.LEAD))
    before = proposal_on(lea, case)
    assert post(sam, case, "invite").status_code == 302
    stale = post(lea, case, "invite", proposal=before)
    assert (before, stale.status_code, RecoveryInvitation.objects.get().confirmed_at) == ("", 422, None)
    named = next(each["value"] for each in read(stale).every("input") if each.get("name") == "proposal")
    assert (named, proposal_on(lea, case)) == (str(RecoveryInvitation.objects.get().pk),) * 2


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.AUDITOR])
def test_other_roles_are_offered_nothing_and_may_nothing(role: Role, case: Case) -> None:
    olga = console(make_staff("olga", role))
    assert offered(olga, case) == []
    assert [post(olga, case, what).status_code for what in ("invite", "uninvite")] == [403, 403]
    assert RecoveryInvitation.objects.count() == 0


def case_owner(case: Case) -> Account:
    assert case.account_id is not None
    return Account.objects.get(pk=case.account_id)
