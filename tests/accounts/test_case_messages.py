"""Messages of a case, both ways; reading by staff is journaled with its reason (L04, H07)."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts import case_messages, case_opening, cases
from accounts.actors import Actor
from accounts.case_messages import NobodyToAnswer
from accounts.cases import CaseOver, UnknownCase
from accounts.enums import CaseKind, CaseState, IdentifierKind, MessageChannel, Role
from accounts.exceptions import NotAllowed, ReasonRequired, TooManyAttempts
from accounts.identity_check import conflicts, refuse
from accounts.ids import uuid7
from accounts.models import Account, Case, CaseMessage, Event, Note, OutboxMessage
from closure.retention.erase import erase_accounts
from tests.factories import document_number, make_account, make_staff
from tests.outbox import messages, opened
from tests.writing import TEXT, in_case, sent, written

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def sam() -> Actor:
    return Actor.staff(make_staff("sam"))


def own(account: Account, now: datetime, kind: CaseKind = CaseKind.OTHER) -> Case:
    return case_opening.open_own(account.pk, kind, TEXT, actor=Actor.customer(account), now=now)


def newest() -> tuple[str, Any, dict[str, str]]:
    event = Event.objects.latest("id")
    return event.action, event.account_id, json.loads(bytes(event.body))["data"]


@pytest.mark.row("H07", "L04")
def test_answer_waits_for_the_customer_who_is_told_so_and_no_more(ana: Account, sam: Actor, now: datetime) -> None:
    case = own(ana, now)
    message = case_messages.answer(case.pk, " We look at it. ", actor=sam, now=now)
    case.refresh_from_db()
    assert (case.state, message.text, message.from_staff) == (CaseState.WAITING_CUSTOMER, "We look at it.", True)
    told = {"case": case.reference, "message": str(message.pk), "state": "waiting_customer"}
    assert newest() == ("case.answered", ana.pk, told)
    mail = messages(ana, template="case_answer")[-1]
    assert (opened(mail).to, opened(mail).context["reference"]) == ("ana@example.test", case.reference)
    words = sent("case_answer")
    assert words is not None
    assert [said for said in ("look at it", TEXT) if said in words.text] == []
    assert case.reference in words.subject


@pytest.mark.row("M07")
def test_mail_has_the_anti_phishing_words_of_its_owner_alone(ana: Account, sam: Actor, now: datetime) -> None:
    Account.objects.filter(pk=ana.pk).update(anti_phishing_code="blue-otter")
    for contact in ("ana@example.test", "nobody@example.test"):
        case_messages.answer(written(contact).pk, "Yes.", actor=sam, now=now)
    found = [opened(row) for row in OutboxMessage.objects.filter(template="case_answer").order_by("id")]
    assert [(said.to, said.context.get("anti_phishing_code")) for said in found] == [
        ("ana@example.test", "blue-otter"),
        ("nobody@example.test", None),
    ]


def test_phone_only_customer_is_told_by_text(sam: Actor, now: datetime) -> None:
    bea = make_account("bea", email=None)
    case_messages.answer(own(bea, now).pk, "Yes.", actor=sam, now=now)
    assert [row.channel for row in messages(bea, template="case_answer")] == [MessageChannel.SMS]


def test_customer_writes_back_and_the_case_is_open_again(ana: Account, sam: Actor, now: datetime) -> None:
    case = own(ana, now)
    case_messages.answer(case.pk, "Which country?", actor=sam, now=now)
    case_messages.write(case.pk, "France.", actor=Actor.customer(ana), now=now)
    case.refresh_from_db()
    assert [(said.from_staff, said.text) for said in case_messages.of_case(case)] == [
        (False, TEXT),
        (True, "Which country?"),
        (False, "France."),
    ]
    assert (case.state, newest()[0]) == (CaseState.OPEN, "case.written")


def test_nobody_writes_in_somebody_else_s_case(ana: Account, sam: Actor, now: datetime) -> None:
    case, ben = own(ana, now), make_account("ben")
    visit = Actor.status_session(ana.pk)  # of a closure, not of this case
    for actor in (Actor.customer(ben), visit, sam, Actor.link(ana.pk)):
        with pytest.raises(UnknownCase):
            case_messages.write(case.pk, "Hello.", actor=actor, now=now)
    with pytest.raises(UnknownCase):
        case_messages.write(uuid7(), "Hello.", actor=Actor.customer(ana), now=now)
    assert CaseMessage.objects.count() == 1


def test_resolved_case_takes_no_more_words(ana: Account, sam: Actor, now: datetime) -> None:
    case = own(ana, now)
    cases.resolve_case(case.pk, actor=sam, note="", now=now)
    with pytest.raises(CaseOver):
        case_messages.write(case.pk, "Hello.", actor=Actor.customer(ana), now=now)
    with pytest.raises(CaseOver):
        case_messages.answer(case.pk, "Hello.", actor=sam, now=now)
    assert CaseMessage.objects.count() == 1


def test_day_has_room_for_so_many_messages(ana: Account, now: datetime) -> None:
    case = own(ana, now)
    for _number in range(case_messages.A_DAY.most):
        case_messages.write(case.pk, "Hello.", actor=Actor.customer(ana), now=now)
    with pytest.raises(TooManyAttempts):
        case_messages.write(case.pk, "Hello.", actor=Actor.customer(ana), now=now)


@pytest.mark.row("F02")
def test_nothing_is_written_about_an_erased_account(ana: Account, sam: Actor, now: datetime) -> None:
    case = own(ana, now)
    erase_accounts([ana.pk])
    with pytest.raises(NobodyToAnswer):
        case_messages.answer(case.pk, "Hello.", actor=sam, now=now)
    with pytest.raises(UnknownCase):
        case_messages.write(case.pk, "Hello.", actor=Actor.customer(ana), now=now)
    assert CaseMessage.objects.count() == 0


def test_answer_goes_nowhere_when_the_address_is_somebody_s_no_more(ana: Account, sam: Actor, now: datetime) -> None:
    case = written()
    Account.objects.filter(pk=ana.pk).update(email="new@example.test")
    with pytest.raises(NobodyToAnswer):
        case_messages.answer(case.pk, "Hello.", actor=sam, now=now)


@pytest.mark.row("G05")
def test_case_of_a_check_is_not_answered_nor_shown_to_whom_it_is_about(ana: Account, sam: Actor, now: datetime) -> None:
    claimed = [(IdentifierKind.DOCUMENT, document_number("ana"))]
    with transaction.atomic():
        refuse(conflicts(claimed, account_id=None, now=now), account_id=None, now=now)
    case = Case.objects.get()
    assert (case.account_id, list(cases.shown_to(ana.pk))) == (ana.pk, [])
    with pytest.raises(NobodyToAnswer, match="A check opened this case"):
        case_messages.answer(case.pk, "Hello.", actor=sam, now=now)


@pytest.mark.row("H07")
def test_reading_needs_a_reason_that_the_journal_keeps(ana: Account, sam: Actor, now: datetime) -> None:
    case = written()
    with pytest.raises(ReasonRequired):
        case_messages.read(case.pk, actor=sam, reason=" ", now=now)
    found = case_messages.read(case.pk, actor=sam, reason="Ana called.", now=now)
    assert [said.text for said in found] == [TEXT]
    assert newest() == ("case.read", ana.pk, {"case": case.reference, "message": str(found[0].pk)})
    assert Note.objects.get(event_id=Event.objects.latest("id").pk).text == "Ana called."


def test_only_roles_that_decide_read_and_answer(ana: Account, now: datetime) -> None:
    case = own(ana, now)
    for actor in (Actor.staff(make_staff("ada", Role.AUDITOR)), Actor.customer(ana)):
        with pytest.raises(NotAllowed):
            case_messages.read(case.pk, actor=actor, reason="Why not?", now=now)
        with pytest.raises(NotAllowed):
            case_messages.answer(case.pk, "Hello.", actor=actor, now=now)


def test_case_that_somebody_opened_by_its_link_is_answered_to_the_account(
    ana: Account, sam: Actor, now: datetime
) -> None:
    case = written(str(ana.phone))
    in_case(Client(), case, str(ana.phone))
    case_messages.answer(case.pk, "Yes.", actor=sam, now=now)
    assert [row.channel for row in messages(ana, template="case_answer")] == [MessageChannel.EMAIL]
