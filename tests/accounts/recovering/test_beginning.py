"""Beginning a recovery: who may, what can be lost, and that a new contact shows that it is one (J04)."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import case_messages
from accounts.actors import Actor
from accounts.closing import ClosureOpen
from accounts.enums import AccountStatus, FactorKind, MessageChannel, RecoveryState, Role
from accounts.exceptions import BadIdentifier, NotAllowed, TooManyAttempts, WrongCode
from accounts.models import Account, CaseMessage, Event, FactorRecovery
from accounts.recovering import beginning, contact, deciding, ending, note
from accounts.recovering.lifecycle import RecoveryRefused
from closure.enums import ClosureState
from tests.closure.closing import make_request
from tests.factories import make_account
from tests.outbox import last_code, messages
from tests.recovering import TEXT, TOTP, begun, staff, visit
from tests.writing import sent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("J04")]
EMAIL, SMS = FactorKind.EMAIL, FactorKind.SMS
NEW = "+14155550199"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def test_beginning_opens_a_case_with_what_was_written(ana: Account, now: datetime) -> None:
    row = begun(ana, now=now)
    assert (row.state, row.lost, row.carried_by, row.case.account_id) == (
        RecoveryState.DRAFT,
        ["totp"],
        "email",
        ana.pk,
    )
    assert (row.case.kind, CaseMessage.objects.get().text) == ("lost_factor", TEXT)
    assert [message.channel for message in messages(ana, template="case_opened")] == ["email"]
    told = json.loads(bytes(Event.objects.get(action="recovery.start").body))["data"]
    how = {"lost": ["totp"], "channel": "email", "given": "password"}
    assert told == {"recovery": str(row.pk), "case": row.case.reference, **how}
    assert note.text(row) == f"Northbank ({now.day}/{now.month}/{now.year}) Recover my account, {row.case.reference}"


def test_mailbox_alone_begins_nothing(ana: Account, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        begun(ana, given=None, now=now)
    assert FactorRecovery.objects.count() == 0


@pytest.mark.parametrize("lost", [(), (EMAIL,), (FactorKind.PASSKEY,), (FactorKind.TOTP, EMAIL), (FactorKind.BACKUP,)])
def test_only_what_is_there_and_did_not_bring_the_link_is_lost(
    ana: Account, lost: tuple[FactorKind, ...], now: datetime
) -> None:
    with pytest.raises(NotAllowed, match="Choose what you have lost"):
        begun(ana, lost=lost, new_contact=NEW, now=now)
    assert beginning.losable(visit(ana)) == [FactorKind.TOTP, SMS]
    assert beginning.losable(visit(ana, channel=MessageChannel.SMS)) == [FactorKind.TOTP, EMAIL]


def test_one_is_open_at_a_time(ana: Account, now: datetime) -> None:
    row = begun(ana, now=now)
    with pytest.raises(RecoveryRefused, match="under way"):
        begun(ana, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorRecovery.objects.create(
            account=ana, case=row.case, state="draft", carried_by="email", lost=[], created_at=now, touched_at=now
        )


def test_beginning_has_a_budget(ana: Account, now: datetime) -> None:
    for _time in range(5):
        row = begun(ana, now=now)
        FactorRecovery.objects.filter(pk=row.pk).update(state=RecoveryState.ENDED, ended_at=now)
    with pytest.raises(TooManyAttempts):
        begun(ana, now=now)


def test_account_that_is_closing_or_shut_begins_nothing(ana: Account, now: datetime) -> None:
    make_request(ana, now=now, state=ClosureState.DRAFT)
    with pytest.raises(NotAllowed):
        begun(ana, now=now)
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.ACTIVE)
    with pytest.raises(ClosureOpen):
        begun(ana, now=now)


@pytest.mark.parametrize(("typed", "error"), [("", BadIdentifier), ("not a number", BadIdentifier), (None, NotAllowed)])
def test_lost_phone_needs_a_new_number(ana: Account, typed: str | None, error: type[Exception], now: datetime) -> None:
    with pytest.raises(error):
        begun(ana, lost=(SMS,), new_contact=str(ana.phone) if typed is None else typed, now=now)


def test_new_contact_gives_its_code_before_anything_is_sent(ana: Account, now: datetime) -> None:
    row, me = begun(ana, lost=(SMS, *TOTP), new_contact=NEW, now=now), Actor.status_session(ana.pk)
    assert (row.new_kind, beginning.new_contact_of(row), NEW.encode() in bytes(row.new_value or b"")) == (
        "sms",
        NEW,
        False,
    )
    assert contact.is_missing(row)
    with pytest.raises(RecoveryRefused, match="missing"):
        deciding.submit(row.pk, actor=me, now=now)
    contact.send_code(row, now=now)
    code = last_code(ana, template="contact_code")
    with pytest.raises(WrongCode):
        contact.confirm(row, "000000" if code != "000000" else "111111", actor=me, now=now)
    with pytest.raises(WrongCode):
        contact.confirm(row, code, actor=me, now=now + timedelta(minutes=10))
    contact.confirm(row, code, actor=me, now=now)
    row.refresh_from_db()
    assert (contact.is_missing(row), row.new_confirmed_at) == (False, now)
    with pytest.raises(RecoveryRefused):
        contact.confirm(row, code, actor=me, now=now)


@pytest.mark.row("D06")
def test_codes_to_a_new_contact_are_five_at_most(ana: Account, now: datetime) -> None:
    row = begun(ana, lost=(SMS,), new_contact=NEW, now=now)
    for _time in range(5):
        contact.send_code(row, now=now)
    with pytest.raises(NotAllowed, match="all the codes"):
        contact.send_code(row, now=now)


@pytest.mark.row("E07")
def test_answer_in_a_recovery_of_the_mailbox_goes_to_the_phone(ana: Account, now: datetime) -> None:
    row = begun(ana, lost=(EMAIL,), new_contact="ana.new@example.test", channel=MessageChannel.SMS, now=now)
    assert [message.channel for message in messages(ana, template="case_opened")] == ["sms"]
    case_messages.answer(row.case_id, "Send a sharper photo.", actor=staff(Role.AGENT), now=now)
    assert [message.channel for message in messages(ana, template="case_answer")] == ["sms"]
    links = []
    for place in (ana.email, ana.phone):
        Client().post("/status/", {"reference": row.case.reference, "contact": place})
        links.append(sent("status_link") is not None)
    assert links == [False, True]
    ending.withdraw(row.pk, actor=Actor.customer(ana), now=now)
    case_messages.answer(row.case_id, "We see that it has ended.", actor=staff(Role.AGENT), now=now)
    assert messages(ana, template="case_answer")[-1].channel == "email"
