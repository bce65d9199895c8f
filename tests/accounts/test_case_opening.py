"""Opening a case: a row, the address sealed, one message; whose address it is, the sender finds out (D05)."""

import json
from datetime import datetime

import pytest
from django.db import transaction
from django.test import Client

from accounts import case_contacts, case_opening
from accounts.actors import Actor
from accounts.cases import UnknownCase
from accounts.enums import AccountStatus, CaseKind, MessageChannel
from accounts.exceptions import BadIdentifier, TooManyAttempts
from accounts.messages import payload
from accounts.models import Account, Case, CaseContact, CaseMessage, Event, OutboxMessage
from closure.retention.erase import erase_accounts
from tests.factories import make_account, make_staff
from tests.writing import TEXT, sent, write_to_us, written

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def ask(contact: str, now: datetime, kind: CaseKind = CaseKind.DOCUMENT_NUMBER) -> Case:
    case_opening.ask(kind, TEXT, contact, language="en", now=now)
    return Case.objects.latest("id")


@pytest.mark.row("D05", "H07")
def test_stranger_s_case_is_nobody_s_until_its_owner_shows_up(ana: Account, now: datetime) -> None:
    case = ask(" Ana@Example.test ", now)
    assert (case.account_id, case.kind, case.state) == (None, "document_number", "open")
    assert [message.text for message in CaseMessage.objects.all()] == [TEXT]
    event = Event.objects.latest("id")
    assert (event.action, event.account_id) == ("case.opened", None)
    assert json.loads(bytes(event.body))["data"] == {"case": case.reference, "kind": "document_number"}
    assert TEXT.encode() not in bytes(event.body)
    sent("case_opened")
    case.refresh_from_db()
    assert (case.account_id, CaseContact.objects.get().account_id) == (None, ana.pk)
    assert CaseMessage.objects.get().account_id == ana.pk


def test_address_is_sealed_and_opens_again(now: datetime) -> None:
    case = ask("nobody@example.test", now)
    row = CaseContact.objects.get(case=case)
    assert b"nobody" not in bytes(row.value)
    assert case_contacts.value_of(row) == "nobody@example.test"
    assert case_contacts.places(case, None) == [(MessageChannel.EMAIL, "nobody@example.test")]


@pytest.mark.parametrize("contact", ["ana@example.test", "nobody@example.test"])
def test_message_has_the_reference_and_nothing_of_the_text(ana: Account, contact: str) -> None:
    write_to_us(contact)
    words = sent("case_opened")
    assert words is not None
    reference = Case.objects.get().reference
    assert (reference in words.subject, "/status/" in words.text, "passport" in words.text) == (True, True, False)


def test_phone_gets_a_text_message(ana: Account) -> None:
    written(str(ana.phone))
    assert CaseContact.objects.get().account_id == ana.pk


def test_staff_are_nobody_to_cases(now: datetime) -> None:
    sam = make_staff("sam")
    written(str(sam.email))
    assert CaseContact.objects.get().account_id is None


def test_sender_that_tries_again_finds_the_same(ana: Account) -> None:
    write_to_us()
    message = OutboxMessage.objects.get()
    assert [sent_again(message, ana) for _time in range(2)] == [ana.pk, ana.pk]


def sent_again(message: OutboxMessage, ana: Account) -> object:
    said = payload.unseal(bytes(message.payload or b""), message.pk)
    found = case_opening.complete(message, said, now=message.created_at)
    return found.account_id if found else None


def test_bad_address_opens_nothing(now: datetime) -> None:
    with pytest.raises(BadIdentifier):
        ask("nobody", now)
    assert (Case.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_budget_of_an_address_is_what_was_typed(now: datetime) -> None:
    for _number in range(5):
        ask("nobody@example.test", now)
    with pytest.raises(TooManyAttempts):
        ask("nobody@example.test", now)
    ask("other@example.test", now)
    assert Case.objects.count() == 6


@pytest.mark.row("D05")
def test_owner_s_case_is_theirs_at_once(ana: Account, now: datetime) -> None:
    actor = Actor.customer(ana)
    case = case_opening.open_own(ana.pk, CaseKind.LOST_FACTOR, f" {TEXT} ", actor=actor, now=now)
    assert (case.account_id, CaseContact.objects.count()) == (ana.pk, 0)
    assert CaseMessage.objects.get().text == TEXT
    message = OutboxMessage.objects.get()
    assert (message.account_id, message.template, message.channel) == (ana.pk, "case_opened", "email")


def test_nobody_opens_a_case_for_somebody_else_or_for_an_erased_account(ana: Account, now: datetime) -> None:
    stranger = Actor.customer(make_account("ben"))
    with pytest.raises(UnknownCase):
        case_opening.open_own(ana.pk, CaseKind.OTHER, TEXT, actor=stranger, now=now)
    erase_accounts([ana.pk])
    with pytest.raises(UnknownCase):
        case_opening.open_own(ana.pk, CaseKind.OTHER, TEXT, actor=Actor.customer(ana), now=now)
    assert Case.objects.count() == 0


@pytest.mark.row("F02")
def test_texts_and_addresses_are_erased_with_the_account_that_did_not_show_up_too(ana: Account, now: datetime) -> None:
    case = written()
    kept = written("nobody@example.test")
    erase_accounts([ana.pk])
    assert list(CaseMessage.objects.values_list("case_id", flat=True)) == [kept.pk]
    assert list(CaseContact.objects.values_list("case_id", flat=True)) == [kept.pk]
    assert Case.objects.filter(pk=case.pk).exists()


@pytest.mark.row("F02")
def test_message_about_an_erased_case_is_not_sent(ana: Account, now: datetime) -> None:
    write_to_us()
    with transaction.atomic():
        case_contacts.match(CaseContact.objects.get(), now=now)
    erase_accounts([ana.pk])
    assert sent("case_opened") is None


def test_closed_account_is_nobody_to_a_new_case(ana: Account) -> None:
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.CLOSED)
    erase_accounts([ana.pk])
    case = written()
    assert (CaseContact.objects.get().account_id, case.account_id) == (None, None)


@pytest.mark.row("D05", "D06")
def test_form_asks_for_what_is_missing() -> None:
    answer = Client().post("/help/contact/", {"kind": "", "text": "", "contact": ""})
    assert answer.status_code == 422
    assert sorted(answer.context["form"].errors) == ["contact", "kind", "text"]
