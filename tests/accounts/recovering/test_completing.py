"""A recovery takes effect after its delay, or ends because somebody noticed; and what follows for who is left."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import is_password_usable
from django.db import transaction
from django.test import Client

from accounts import clock, contacts, stops
from accounts.actors import Actor
from accounts.enums import (
    AccountStatus,
    CaseState,
    FactorKind,
    MessageChannel,
    Purpose,
    RecoveryState,
)
from accounts.models import (
    Account,
    BackupDevice,
    Case,
    EmailDevice,
    Event,
    FactorRecovery,
    Session,
    SmsDevice,
    TotpDevice,
)
from accounts.recovering import completing, contact, deciding, ending, upkeep
from accounts.recovering.table import DELAY, ENROLL_WITHIN, STOPPABLE_AFTER
from accounts.stops import StopRefused
from accounts.verification import changes, enrollment, recovery, step_up
from closure.brake import brake_due
from closure.enums import ClosureState
from closure.policy import loader
from tests.changing import proof_of
from tests.closure.closing import make_request
from tests.factories import PASSWORD, add_totp, make_account, totp_code
from tests.links import received, token_in
from tests.outbox import last_code, messages, opened
from tests.pages import sign_in, sign_in_by_mail
from tests.recovering import begun, confirmed, decided, submitted, with_photos

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("J04"),
]
S = RecoveryState
NEXT = "Blue-7-lamp-over-water"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def alone() -> Account:
    """Ana with the mailbox and an authenticator alone."""
    return make_account("ana", phone=None)


def wait(advance: Any, delay: timedelta = DELAY) -> datetime:
    """Let the delay pass, and the worker sweep."""
    now: datetime = advance(hours=delay.total_seconds() / 3600)
    upkeep.sweep(now)
    return now


def state() -> str:
    return FactorRecovery.objects.get().state


def test_nothing_changes_before_the_delay_is_over(ana: Account, now: datetime, advance: Any) -> None:
    confirmed(ana, now=now)
    upkeep.sweep(advance(hours=71, minutes=59))
    assert (state(), TotpDevice.objects.filter(user=ana).count()) == (S.WAITING, 1)
    upkeep.sweep(advance(minutes=2))
    assert (state(), TotpDevice.objects.filter(user=ana).count()) == (S.DONE, 0)


def test_lost_factor_backup_codes_sessions_and_password_are_gone_and_withdrawals_held(
    ana: Account, now: datetime, advance: Any
) -> None:
    enrollment.make_backup_codes(ana, proof=proof_of(ana, Purpose.BACKUP_CODES, now=now), now=now)
    browser = Client()
    sign_in_by_mail(browser, ana, PASSWORD)
    confirmed(ana, now=now)
    later = wait(advance)
    ana.refresh_from_db()
    assert [each.objects.filter(user=ana).count() for each in (TotpDevice, BackupDevice)] == [0, 0]
    assert [each.objects.filter(user=ana).count() for each in (EmailDevice, SmsDevice)] == [1, 1]
    assert (Session.objects.filter(account_id=ana.pk).count(), is_password_usable(ana.password)) == (0, False)
    assert browser.get("/security/").status_code == 302
    assert ana.withdrawals_held_until == later + timedelta(hours=48)
    assert brake_due(ana, loader.current(), later)
    case = Case.objects.get(kind="lost_factor")
    assert (case.state, case.resolved_at) == (CaseState.RESOLVED, later)
    done = messages(ana, template="recovery_notice")[-2:]
    assert {opened(message).context["stage"] for message in done} == {"done"}


def test_hold_is_said_with_its_hour(ana: Account, now: datetime, advance: Any) -> None:
    confirmed(ana, now=now)
    until = wait(advance) + timedelta(hours=48)
    words = received("recovery_notice")
    assert words is not None
    assert f"Withdrawals are held until {until.day} {until:%b %Y, %H:%M} UTC." in words.text


@pytest.mark.row("D08")
def test_every_contact_of_now_and_before_is_told_at_each_step(ana: Account, now: datetime, advance: Any) -> None:
    with transaction.atomic():
        contacts.remember(ana, MessageChannel.EMAIL, "old@example.test", now=now)
    confirmed(ana, now=now)
    wait(advance)
    told = [opened(each) for each in messages(ana, template="recovery_notice")]
    steps = ["submitted", "waiting", "done"]
    everybody = [ana.email, ana.phone, "old@example.test"]
    assert [(each.context["stage"], each.to) for each in told] == [(step, to) for step in steps for to in everybody]


@pytest.mark.row("E07")
@pytest.mark.parametrize("step", [submitted, confirmed])
def test_link_of_the_notice_ends_it_and_locks_the_account(ana: Account, step: Any, now: datetime, advance: Any) -> None:
    step(ana, now=now)
    address = f"/stop/{token_in(received('recovery_notice'))}/"
    for _time in range(3):
        assert Client().get(address).status_code == 200
    assert state() != S.ENDED
    assert Client().post(address)["Location"] == "/security/locked/"
    ana.refresh_from_db()
    row = FactorRecovery.objects.get()
    assert (row.state, row.end_reason, ana.status) == (S.ENDED, "stopped", AccountStatus.DISABLED)
    assert not is_password_usable(ana.password)
    wait(advance)
    assert (state(), TotpDevice.objects.filter(user=ana).count()) == (S.ENDED, 1)
    assert Client().post(address).status_code == 410


def test_link_of_the_last_notice_locks_for_three_days_more(ana: Account, now: datetime, advance: Any) -> None:
    confirmed(ana, now=now)
    later = wait(advance)
    token = token_in(received("recovery_notice"))
    advance(hours=STOPPABLE_AFTER.total_seconds() / 3600)
    with pytest.raises(StopRefused):
        stops.carry_out(token, now=clock.now())
    stops.carry_out(token, now=later + STOPPABLE_AFTER - timedelta(seconds=1))
    ana.refresh_from_db()
    assert (state(), ana.status) == (S.DONE, AccountStatus.DISABLED)


@pytest.mark.parametrize("step", [begun, submitted, confirmed])
def test_sign_in_with_what_is_said_to_be_lost_ends_it(ana: Account, step: Any, now: datetime, advance: Any) -> None:
    step(ana, now=now)
    sign_in_by_mail(Client(), ana, PASSWORD)
    assert state() != S.ENDED
    assert sign_in(Client(), str(ana.email), PASSWORD, totp_code(ana))["Location"] == "/security/"
    row = FactorRecovery.objects.get()
    assert (row.state, row.end_reason) == (S.ENDED, "factor_used")
    wait(advance)
    assert TotpDevice.objects.filter(user=ana).count() == 1
    assert len(messages(ana, template="recovery_word")) == 2


def test_owner_who_is_signed_in_ends_it_and_nobody_else_does(ana: Account, now: datetime) -> None:
    row = confirmed(ana, now=now)
    for stranger in (Actor.customer(make_account("ben")), Actor.link(ana.pk), Actor.system("sweep")):
        with pytest.raises(Exception, match="no such recovery"):
            ending.withdraw(row.pk, actor=stranger, now=now)
    ending.withdraw(row.pk, actor=Actor.customer(ana), now=now)
    assert (state(), FactorRecovery.objects.get().end_reason) == (S.ENDED, "withdrawn")


@pytest.mark.parametrize("status", [AccountStatus.DISABLED, AccountStatus.FROZEN])
def test_account_that_nobody_can_sign_in_to_is_left_as_it_is(
    ana: Account, status: AccountStatus, now: datetime, advance: Any
) -> None:
    confirmed(ana, now=now)
    Account.objects.filter(pk=ana.pk).update(status=status)
    wait(advance)
    ana.refresh_from_db()
    row = FactorRecovery.objects.get()
    assert (row.state, row.end_reason, ana.status) == (S.ENDED, "account", status)
    assert (TotpDevice.objects.filter(user=ana).count(), is_password_usable(ana.password)) == (1, True)


@pytest.mark.row("A13")
def test_open_closure_is_waited_for(ana: Account, now: datetime, advance: Any) -> None:
    confirmed(ana, now=now)
    request = make_request(ana, now=now, state=ClosureState.DRAFT)
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.ACTIVE)
    wait(advance)
    assert state() == S.WAITING
    request.delete()
    upkeep.sweep(clock.now())
    assert state() == S.DONE


def test_two_sweeps_carry_it_out_once(ana: Account, now: datetime, advance: Any) -> None:
    row = confirmed(ana, now=now)
    later = advance(hours=73)
    assert [completing.complete(row.pk, now=later) for _time in range(2)] == [True, False]
    assert Event.objects.filter(action="recovery.complete").count() == 1


def test_phone_that_was_lost_is_replaced_and_the_old_number_can_take_it_back(
    ana: Account, now: datetime, advance: Any
) -> None:
    old, new = ana.phone, "+14155550199"
    row = with_contact(ana, (FactorKind.SMS,), new, now=now)
    wait(advance)
    ana.refresh_from_db()
    assert (ana.phone, SmsDevice.objects.filter(user=ana, confirmed=True).count()) == (new, 1)
    assert TotpDevice.objects.filter(user=ana).count() == 1
    told = [opened(each).to for each in messages(ana, template="recovery_notice")[-3:]]
    assert told == [ana.email, new, old]
    words = received("contact_changed")
    stops.carry_out(token_in(words), now=clock.now())
    ana.refresh_from_db()
    assert (ana.phone, ana.status, row.lost) == (old, AccountStatus.DISABLED, ["sms"])


def test_new_contact_that_is_somebody_elses_by_then_ends_it(ana: Account, now: datetime, advance: Any) -> None:
    new = "+14155550199"
    with_contact(ana, (FactorKind.SMS, FactorKind.TOTP), new, now=now)
    make_account("ben", phone=new)
    wait(advance)
    row = FactorRecovery.objects.get()
    assert (row.state, row.end_reason, TotpDevice.objects.filter(user=ana).count()) == (S.ENDED, "contact_taken", 1)


@pytest.mark.row("J03")
def test_who_has_only_the_mailbox_left_signs_in_and_adds_a_factor_at_once(
    alone: Account, now: datetime, advance: Any
) -> None:
    confirmed(alone, now=now)
    later = wait(advance)
    reset(alone)
    assert recovery.is_weak(alone)
    browser = Client()
    assert sign_in_by_mail(browser, alone, NEXT)["Location"] == "/security/factors/totp/"
    assert choices(alone, Purpose.ENROLL_FACTOR, now=later) == [FactorKind.EMAIL]
    for other in (Purpose.CHANGE_CONTACT, Purpose.WITHDRAW_ASSETS, Purpose.EXPORT_DATA, Purpose.CLOSE_ACCOUNT):
        assert choices(alone, other, now=later) == [], other
    add_totp(alone, now=later)
    assert (recovery.is_weak(alone), choices(alone, Purpose.ENROLL_FACTOR, now=later)) == (False, [FactorKind.TOTP])
    assert sign_in(Client(), str(alone.email), NEXT, totp_code(alone))["Location"] == "/security/"


@pytest.mark.row("J03")
def test_without_a_recovery_or_long_after_it_the_mailbox_that_reset_adds_nothing(
    alone: Account, now: datetime, advance: Any
) -> None:
    confirmed(alone, now=now)
    wait(advance)
    later = advance(hours=ENROLL_WITHIN.total_seconds() / 3600)
    reset(alone)
    assert choices(alone, Purpose.ENROLL_FACTOR, now=later) == []
    assert sign_in_by_mail(Client(), alone, NEXT)["Location"] == "/security/"
    ben = make_account("ben", phone=None, totp=False)
    reset(ben)
    assert choices(ben, Purpose.ENROLL_FACTOR, now=later) == []


def test_draft_that_was_left_lapses_and_its_case_is_resolved(ana: Account, now: datetime, advance: Any) -> None:
    begun(ana, now=now)
    upkeep.sweep(advance(days=7, minutes=-1))
    assert state() == S.DRAFT
    upkeep.sweep(advance(minutes=2))
    assert (state(), FactorRecovery.objects.get().end_reason) == (S.ENDED, "idle")
    assert Case.objects.get(kind="lost_factor").state == CaseState.RESOLVED
    assert messages(ana, template="recovery_word") == []


def with_contact(account: Account, lost: tuple[FactorKind, ...], new: str, *, now: datetime) -> FactorRecovery:
    """Begin with a new contact, give its code, and have it confirmed."""
    row = begun(account, lost=lost, new_contact=new, now=now)
    contact.send_code(row, now=now)
    contact.confirm(row, last_code(account, template="contact_code"), actor=Actor.status_session(account.pk), now=now)
    with_photos(row, now=now)
    deciding.submit(row.pk, actor=Actor.status_session(account.pk), now=now)
    return decided(row, now=now)


def reset(account: Account) -> None:
    """Choose a new password by the link in the mailbox."""
    client = Client()
    client.post("/password-reset/", {"identifier": account.email})
    address = f"/password-reset/{token_in(received('password_reset'))}/"
    assert client.post(address, {"password": NEXT})["Location"] == "/password-reset/done/"


def choices(account: Account, purpose: Purpose, *, now: datetime) -> list[FactorKind]:
    """Return which kinds may allow a change."""
    return [state.kind for state in step_up.factors(changes.begin(account, purpose, now=now))]
