"""Deciding about a reactivation at the console: by two people, by rules, on what the page showed (L04, L06, J15)."""

from datetime import datetime

import pytest
from django.test import Client

from accounts import identity_check
from accounts.enums import AccountStatus, IdentifierKind, Role
from accounts.identifiers import attach
from accounts.models import Account, Case
from closure.enums import ReactivationState
from closure.models import Reactivation
from tests.closure.reactivation_pages import decide, handed_in, moves, offered, place
from tests.console import REASON, console
from tests.factories import make_staff
from tests.outbox import messages, opened
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("L04")]
S = ReactivationState


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


@pytest.fixture
def lea() -> Client:
    return console(make_staff("lea", Role.LEAD))


@pytest.fixture
def row(now: datetime) -> Reactivation:
    return handed_in(now=now)


def state(row: Reactivation) -> str:
    row.refresh_from_db()
    return row.state


@pytest.mark.row("J07", "L06")
def test_two_people_approve_and_the_first_is_never_offered_to_confirm(
    sam: Client, lea: Client, row: Reactivation
) -> None:
    assert offered(sam, row) == offered(lea, row) == ["approve", "ask", "refuse"]
    text = read(sam.get(place(row))).text
    assert ("Propose approval" in text, "Look at every photo before you approve." in text) == (True, True)
    form = {"decision": "approve", "reason": REASON, "seen_version": "0"}
    unseen = sam.post(place(row, "decide/"), form)
    assert (unseen.status_code, "Look at every photo first" in read(unseen).text) == (422, True)
    assert decide(sam, row, "approve").status_code == 302
    page = read(sam.get(place(row)))
    assert "You proposed approval. A lead other than you has to confirm it." in page.text
    assert (offered(sam, row), offered(lea, row)) == (["ask", "refuse"], ["approve", "ask", "refuse"])
    refused = decide(sam, row, "approve")
    assert (refused.status_code, state(row)) == (403, S.SUBMITTED)
    assert decide(lea, row, "approve").status_code == 302
    row.account.refresh_from_db()
    assert (state(row), row.account.status) == (S.APPROVED, AccountStatus.ACTIVE)
    assert "It is over." in read(lea.get(place(row))).text


@pytest.mark.row("L06")
def test_agent_is_not_the_second_person(sam: Client, row: Reactivation) -> None:
    decide(sam, row, "approve")
    ben = console(make_staff("ben"))
    assert offered(ben, row) == ["ask", "refuse"]
    assert (decide(ben, row, "approve").status_code, state(row)) == (403, S.SUBMITTED)


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.AUDITOR])
def test_other_roles_look_and_decide_nothing(role: Role, row: Reactivation) -> None:
    client = console(make_staff("olga", role))
    page = read(client.get(place(row)))
    assert ("Your role does not decide about reactivations." in page.text, offered(client, row)) == (True, [])
    assert (decide(client, row, "refuse", note=["taped"]).status_code, state(row)) == (403, S.SUBMITTED)


@pytest.mark.row("J15")
def test_refusing_names_the_rules_and_the_mail_seen_before_is_the_one_that_is_sent(
    sam: Client, row: Reactivation
) -> None:
    rules = {"note": ["taped", "note_exact"], "document": ["name"]}
    shown = decide(sam, row, "refuse", preview="1", **rules)
    assert (shown.status_code, state(row), messages(row.account)) == (200, S.SUBMITTED, [])
    assert decide(sam, row, "refuse", **rules).status_code == 302
    assert (state(row), row.broken) == (S.REFUSED, ["note_exact", "taped", "name"])
    mail = opened(messages(row.account, template="reactivation_refused")[0])
    assert mail.context["rules"] == [
        "Write exactly the text that we show, word for word, with that date.",
        "Hold the note. Do not tape or pin it to something.",
        "The name on the document must be the name of the account. If it changed, contact us first.",
    ]
    said = read(shown).text
    assert [words for words in mail.context["rules"] if words not in said] == []
    assert ("Nothing is sent yet." in said, REASON in said.partition("Nothing is sent yet.")[0]) == (True, True)


def test_refusing_without_a_rule_is_refused_and_keeps_what_was_typed(sam: Client, row: Reactivation) -> None:
    answer = decide(sam, row, "refuse")
    page = read(answer)
    assert (answer.status_code, state(row)) == (422, S.SUBMITTED)
    assert "Name the rule that is broken: the customer reads it." in page.text
    assert REASON in page.text


@pytest.mark.row("J15")
def test_asking_again_tells_the_customer_what_to_do_better(sam: Client, row: Reactivation) -> None:
    shown = read(decide(sam, row, "ask", note=["light"], reason="Stand at a window.", preview="1")).text
    assert ("Stand at a window." in shown, "Take the photo in daylight" in shown) == (True, True)
    assert decide(sam, row, "ask", note=["light"], reason="Stand at a window.").status_code == 302
    assert (state(row), row.broken, row.asked) == (S.NEEDS_MORE, ["light"], "Stand at a window.")
    page = read(sam.get(place(row)))
    assert ("It waits for better photos of the customer." in page.text, offered(sam, row)) == (True, [])


def test_ticks_are_kept_where_a_decision_is_refused(sam: Client, row: Reactivation) -> None:
    answer = decide(sam, row, "refuse", note=["taped"], seen_version="7")
    ticked = [
        field["value"]
        for field in read(answer).every("input")
        if field.get("type") == "checkbox" and "checked" in field
    ]
    assert (answer.status_code, ticked) == (409, ["taped"])


def test_what_changed_since_it_was_opened_is_shown_instead_of_deciding(
    sam: Client, lea: Client, row: Reactivation
) -> None:
    decide(lea, row, "approve")
    answer = sam.post(place(row, "decide/"), {"decision": "refuse", "note": ["taped"], "seen_version": "0"})
    page = read(answer)
    assert (answer.status_code, state(row)) == (409, S.SUBMITTED)
    assert "New since you opened this request" in page.text
    assert "Approval proposed" in page.text.partition("New since you opened")[2].partition("Photos")[0]
    version = [field["value"] for field in page.every("input") if field.get("name") == "seen_version"]
    assert set(version) == {str(row.version)}


def test_desk_is_that_of_the_case(sam: Client, lea: Client, row: Reactivation) -> None:
    assert moves(sam, row) == ["claim"]
    assert sam.post(place(row, "desk/"), {"move": "claim"}).status_code == 302
    assert (moves(sam, row), moves(lea, row)) == (["claim", "release"], ["take_over"])
    assert (offered(lea, row), decide(lea, row, "approve").status_code) == ([], 422)
    assert "sam@staff.example.test is at work on it until" in read(lea.get(place(row))).text
    assert console(make_staff("ben")).post(place(row, "desk/"), {"move": "take_over"}).status_code == 403
    assert lea.post(place(row, "desk/"), {"move": "take_over"}).status_code == 302
    assert sam.post(place(row, "desk/"), {"move": "claim"}).status_code == 409
    decide(lea, row, "approve")
    # After a decision it is free: the next one is another person's.
    assert moves(sam, row) == ["claim"]


@pytest.mark.row("G05", "G06")
def test_identity_that_two_people_claim_is_flagged_and_cannot_be_approved(
    sam: Client, row: Reactivation, now: datetime
) -> None:
    attach(row.account, IdentifierKind.NATIONAL_NUMBER, "123-45-6789", now=now)
    found = identity_check.conflicts([(IdentifierKind.NATIONAL_NUMBER, "123-45-6789")], account_id=None, now=now)
    refused = identity_check.refuse(found, account_id=None, now=now)
    page = read(sam.get(place(row)))
    assert "Somebody else gave this identity as theirs:" in page.text
    assert refused.reference in page.text
    assert (decide(sam, row, "approve").status_code, state(row)) == (422, S.SUBMITTED)


def test_draft_is_nobodys_business(sam: Client, row: Reactivation) -> None:
    Reactivation.objects.filter(pk=row.pk).update(state=S.DRAFT, submitted_at=None)
    assert sam.get(place(row)).status_code == 404


def test_case_leads_to_what_it_is_about(sam: Client, row: Reactivation) -> None:
    page = read(sam.get(f"/staff/accounts/case/{row.case_id}/"))
    assert place(row) in [each["href"] for each in page.every("a")]


@pytest.mark.row("J13")
def test_account_without_a_name_warns_that_nothing_can_be_compared(sam: Client, row: Reactivation) -> None:
    warning = "We have no name on file: nothing to compare the document with."
    assert warning not in read(sam.get(place(row))).text
    Account.objects.filter(pk=row.account_id).update(name="")
    assert warning in read(sam.get(place(row))).text
    Reactivation.objects.filter(pk=row.pk).update(state=S.REFUSED)
    assert warning not in read(sam.get(place(row))).text


def test_page_names_the_other_open_cases_of_the_account(sam: Client, row: Reactivation, now: datetime) -> None:
    assert "Other open cases" not in read(sam.get(place(row))).text
    alert = Case.objects.create(kind="suspicious_sign_in", account_id=row.account_id, created_at=now)
    page = read(sam.get(place(row)))
    assert f"Other open cases of this account {alert.reference} suspicious sign-in, open" in " ".join(page.text.split())
