"""Changing a contact: allowed by a factor, confirmed at the new end, stoppable at the old."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import contact_change, contacts, identifiers, stops
from accounts.closing import ClosureOpen
from accounts.enums import Action, CaseKind, IdentifierKind, MessageChannel, Purpose, Role
from accounts.exceptions import BadIdentifier, NotAllowed, ProofRefused, TooManyAttempts, VerificationExpired, WrongCode
from accounts.identifiers import IdentifierTaken, attach, find_account
from accounts.messages import late, payload
from accounts.models import Account, Case, ContactChange, EmailDevice, Event, Note, OutboxMessage, SmsDevice, StepUp
from accounts.stops import StopRefused
from closure.brake import recent_changes
from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.policy import loader
from tests.blocking import block
from tests.changing import proof_of
from tests.closure.by_operations import submitted
from tests.closure.links import delivered, token_in
from tests.closure.scenes import make_request
from tests.factories import PASSWORD, make_account, make_staff
from tests.outbox import messages, opened
from tests.pages import sign_in_by_mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("C06")]
MAIL, TEXT = MessageChannel.EMAIL, MessageChannel.SMS
NEW = "ana.new@example.test"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def allowed(account: Account, kind: MessageChannel, value: str, now: datetime) -> ContactChange:
    change = contact_change.ask(account, kind, value, now=now)
    contact_change.authorize(change, proof=proof_of(account, Purpose.CHANGE_CONTACT, str(change.pk), now=now), now=now)
    return change


def code_of(account: Account) -> str:
    return str(opened(messages(account, template="contact_code")[-1]).context["code"])


def changed(account: Account, kind: MessageChannel, value: str, now: datetime) -> ContactChange:
    change = allowed(account, kind, value, now)
    return contact_change.confirm(change, code_of(account), now=now)


def stop_of(account: Account) -> str:
    return token_in(delivered(messages(account, template="contact_changed")[-1]), "stop")


def test_new_address_signs_in_and_the_old_one_does_not(ana: Account, now: datetime) -> None:
    changed(ana, MAIL, " Ana.New@Example.test", now)
    ana.refresh_from_db()
    assert (ana.email, find_account(NEW), find_account("ana@example.test")) == (NEW, ana, None)
    assert EmailDevice.objects.filter(user=ana, confirmed=True).count() == 1


def test_phone_is_added_where_there_was_none(now: datetime) -> None:
    new = make_account("new", phone=None, totp=False)
    changed(new, TEXT, "+14155550199", now)
    new.refresh_from_db()
    assert (new.phone, SmsDevice.objects.get(user=new).confirmed) == ("+14155550199", True)
    assert messages(new, template="contact_changed") == []


@pytest.mark.row("H07", "D08")
def test_journal_has_the_hint_of_the_old_contact_in_a_note_and_the_brake_sees_it(ana: Account, now: datetime) -> None:
    changed(ana, MAIL, NEW, now)
    event = Event.objects.get(action=Action.CONTACT_CHANGED)
    assert Note.objects.get(event_id=event.pk).text == "a•••@example.test"
    assert b"example.test" not in bytes(event.body)
    assert recent_changes(ana, loader.current(), now) == {"contact.changed", "factor.replaced"}


def test_old_and_new_contacts_are_told(ana: Account, now: datetime) -> None:
    changed(ana, MAIL, NEW, now)
    told = [(each.template, opened(each).to) for each in messages(ana) if each.template != "confirmation_code"]
    assert told == [
        ("contact_code", NEW),
        ("security_change", NEW),
        ("security_change", ana.phone),
        ("contact_changed", "ana@example.test"),
    ]


def test_change_without_a_factor_or_without_the_code_changes_nothing(ana: Account, now: datetime) -> None:
    change = contact_change.ask(ana, MAIL, NEW, now=now)
    other = contact_change.ask(ana, TEXT, "+14155550199", now=now)
    proof = proof_of(ana, Purpose.CHANGE_CONTACT, str(other.pk), now=now)
    with pytest.raises(ProofRefused):
        contact_change.authorize(change, proof=proof, now=now)
    with pytest.raises(WrongCode):
        contact_change.confirm(change, "123456", now=now)
    with pytest.raises(VerificationExpired):
        contact_change.send_again(change, now=now)
    ana.refresh_from_db()
    assert ana.email == "ana@example.test"


def test_wrong_codes_are_budgeted_and_the_code_runs_out(ana: Account, now: datetime) -> None:
    change = allowed(ana, MAIL, NEW, now)
    with pytest.raises(WrongCode):
        contact_change.confirm(change, code_of(ana), now=now + timedelta(minutes=10))
    for _time in range(4):
        with pytest.raises(WrongCode):
            contact_change.confirm(change, "000000", now=now)
    with pytest.raises(TooManyAttempts):
        contact_change.confirm(change, code_of(ana), now=now)


def test_change_that_took_too_long_is_over(ana: Account, now: datetime) -> None:
    change = allowed(ana, MAIL, NEW, now)
    with pytest.raises(VerificationExpired):
        contact_change.confirm(change, code_of(ana), now=now + contact_change.LIVES)
    assert contact_change.current(ana, MAIL, now=now + contact_change.LIVES) is None


def test_newest_code_alone_works_and_five_are_sent_at_most(ana: Account, now: datetime) -> None:
    change = allowed(ana, MAIL, NEW, now)
    first = code_of(ana)
    for _time in range(4):
        contact_change.send_again(change, now=now)
    with pytest.raises(NotAllowed):
        contact_change.send_again(change, now=now)
    if first != code_of(ana):
        with pytest.raises(WrongCode):
            contact_change.confirm(change, first, now=now)
    contact_change.confirm(change, code_of(ana), now=now)


@pytest.mark.parametrize("value", ["", "nobody", "ana@", "@example.test", "+1"])
def test_what_is_no_contact_is_refused(ana: Account, now: datetime, value: str) -> None:
    for kind in (MAIL, TEXT):
        with pytest.raises(BadIdentifier):
            contact_change.ask(ana, kind, value, now=now)


def test_contact_on_file_is_no_change(ana: Account, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        contact_change.ask(ana, MAIL, "ANA@example.test", now=now)


def test_contact_of_somebody_else_gets_no_code_and_the_page_says_nothing(ana: Account, now: datetime) -> None:
    make_account("bea")
    change = allowed(ana, MAIL, "bea@example.test", now)
    [message] = messages(ana, template="contact_code")
    said = payload.unseal(bytes(message.payload or b""), message.pk)
    assert late.complete(message, said, now=now) is None
    with pytest.raises(IdentifierTaken):
        contact_change.confirm(change, code_of(ana), now=now)
    ana.refresh_from_db()
    assert ana.email == "ana@example.test"


@pytest.mark.row("G03")
def test_contact_of_a_closed_account_is_blocked_here_too(ana: Account, now: datetime) -> None:
    block(IdentifierKind.EMAIL, NEW, now=now)
    change = allowed(ana, MAIL, NEW, now)
    [message] = messages(ana, template="contact_code")
    assert late.complete(message, opened(message), now=now) is None
    with pytest.raises(IdentifierTaken):
        contact_change.confirm(change, code_of(ana), now=now)
    ana.refresh_from_db()
    assert ana.email == "ana@example.test"


@pytest.mark.parametrize("state", [ClosureState.DRAFT, ClosureState.COOLING_OFF])
def test_nothing_changes_while_a_closure_is_open(ana: Account, now: datetime, state: ClosureState) -> None:
    change = allowed(ana, MAIL, NEW, now)
    make_request(ana, state, now=now)
    with pytest.raises(ClosureOpen):
        contact_change.confirm(change, code_of(ana), now=now)
    with pytest.raises(ClosureOpen):
        contact_change.ask(ana, MAIL, NEW, now=now)
    ana.refresh_from_db()
    assert ana.email == "ana@example.test"


def test_old_contact_is_free_for_others_when_its_link_is_over(ana: Account, now: datetime) -> None:
    changed(ana, MAIL, NEW, now)
    bea = make_account("bea", email=None)
    old = "ana@example.test"
    almost = now + contact_change.STOPPABLE - timedelta(microseconds=1)
    with pytest.raises(IdentifierTaken):
        attach(bea, IdentifierKind.EMAIL, old, now=almost)
    assert identifiers.is_taken(ana.pk, IdentifierKind.EMAIL, old, now=almost) is False
    attach(bea, IdentifierKind.EMAIL, old, now=now + contact_change.STOPPABLE)


def test_sessions_verifications_and_codes_of_the_old_contact_are_over(
    client: Client, ana: Account, now: datetime
) -> None:
    sign_in_by_mail(client, ana, PASSWORD)
    change = allowed(ana, MAIL, NEW, now)
    started = proof_of(ana, Purpose.REMOVE_FACTOR, "x", now=now)
    contact_change.confirm(change, code_of(ana), now=now)
    assert client.get("/security/").status_code == 200
    from_before = StepUp.objects.get(pk=started.step_up_id)
    assert from_before.replaced_at == now


@pytest.mark.row("L05")
def test_old_contact_takes_it_back_and_locks(client: Client, ana: Account, now: datetime) -> None:
    olga = make_staff("olga", Role.COMPLIANCE)
    sign_in_by_mail(client, ana, PASSWORD)
    changed(ana, MAIL, NEW, now)
    token = stop_of(ana)
    before = facts(ana)
    for _time in range(3):
        shown = Client().get(f"/stop/{token}/").content.decode()
        assert ("Take it back here" in shown, "Your password works no more." in shown) == (True, True)
    assert facts(ana) == before

    assert Client().post(f"/stop/{token}/")["Location"] == "/security/locked/"
    ana.refresh_from_db()
    assert (ana.email, ana.status, find_account(NEW)) == ("ana@example.test", "disabled", None)
    assert not ana.has_usable_password()
    assert client.get("/security/").status_code == 302
    assert Case.objects.get().kind == CaseKind.SUSPICIOUS_SIGN_IN
    assert [each.template for each in OutboxMessage.objects.filter(account_id=olga.pk)] == ["staff_alarm"]
    assert opened(messages(ana, template="account_locked")[0]).to == "ana@example.test"
    assert Client().post(f"/stop/{token}/").status_code == 410
    assert Client().get(f"/stop/{token}/").status_code == 410


def facts(account: Account) -> Any:
    return (
        Account.objects.values_list("email", "status").get(pk=account.pk),
        Event.objects.count(),
        ContactChange.objects.values_list("ended_at", "done_at").get(account=account, done_at__isnull=False),
    )


def test_link_lives_for_72_hours(ana: Account, now: datetime) -> None:
    changed(ana, MAIL, NEW, now)
    token = stop_of(ana)
    last = now + contact_change.STOPPABLE
    assert stops.find(token, now=last - timedelta(seconds=5)) is not None
    with pytest.raises(StopRefused):
        stops.carry_out(token, now=last + timedelta(seconds=5))


@pytest.mark.row("E07", "D08")
def test_closure_that_was_asked_for_after_the_change_is_stopped_too(ana: Account, now: datetime) -> None:
    changed(ana, MAIL, NEW, now)
    token = stop_of(ana)
    ana.refresh_from_db()
    request = submitted(ana, now)
    stops.carry_out(token, now=now)
    ana.refresh_from_db()
    assert (ClosureRequest.objects.get(pk=request.pk).state, ana.status, ana.email) == (
        "cancelled",
        "disabled",
        "ana@example.test",
    )


def test_former_contact_stays_known_to_the_brake(ana: Account, now: datetime) -> None:
    changed(ana, MAIL, NEW, now)
    ana.refresh_from_db()
    assert contacts.former(ana, since=now - timedelta(days=1)) == [(MAIL, "ana@example.test")]
