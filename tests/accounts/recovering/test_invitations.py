"""Where documents stand for the proof: who lets them, for how long, what ends it, and nobody is locked out (J04)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import mailed_links, passwords, stops, suspicious
from accounts.actors import Actor
from accounts.enums import (
    AccountStatus,
    CaseKind,
    FactorKind,
    InvitationCause,
    InvitedTo,
    LinkPurpose,
    MessageChannel,
    RecoveryState,
    RestrictionKind,
    Role,
)
from accounts.exceptions import NotAllowed, ReasonRequired, SecondPersonRequired
from accounts.models import Account, FactorRecovery, RecoveryInvitation, Restriction, TotpDevice
from accounts.recovering import deciding, invitations, inviting, session, upkeep
from accounts.recovering.inviting import InvitationRefused
from accounts.recovering.table import DELAY
from accounts.stops import StopRefused
from tests.factories import make_account
from tests.links import received, token_in
from tests.outbox import messages, opened
from tests.recovering import (
    REASON,
    begun,
    confirmed,
    decided,
    invited,
    passwords_dead,
    staff,
    with_photos,
    written,
)
from tests.settling import restrict

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("J04"),
]
NEXT = "Blue-7-lamp-over-water"
RECOVER = InvitedTo.RECOVER


@pytest.fixture
def ana() -> Account:
    """Ana with the mailbox and an authenticator alone."""
    return make_account("ana", phone=None)


@pytest.fixture
def sam() -> Actor:
    return staff(Role.AGENT)


@pytest.fixture
def lea() -> Actor:
    return staff(Role.LEAD)


def granted(account: Account, *, now: datetime) -> RecoveryInvitation:
    """Kill the password after staff have seen documents."""
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        passwords.kill(locked, now=now)
        invitations.grant(locked, InvitationCause.REACTIVATED, actor=Actor.system("tests"), now=now)
    return RecoveryInvitation.objects.get(account=account, ended_at=None)


def stands(account: Account, *, now: datetime, opens: InvitedTo = RECOVER) -> bool:
    account.refresh_from_db()
    return invitations.standing(account, opens, now=now) is not None


def ended() -> str:
    return RecoveryInvitation.objects.latest("created_at", "id").end_reason


@pytest.mark.row("L04", "L06")
def test_two_of_staff_let_documents_stand_for_seven_days(ana: Account, sam: Actor, lea: Actor, now: datetime) -> None:
    case = written(ana, now=now)
    for nobody in (staff(Role.AUDITOR), staff(Role.COMPLIANCE), Actor.customer(ana)):
        with pytest.raises(NotAllowed):
            inviting.propose(case.pk, actor=nobody, reason=REASON, now=now)
    with pytest.raises(ReasonRequired):
        inviting.propose(case.pk, actor=sam, reason=" ", now=now)
    with pytest.raises(SecondPersonRequired):
        inviting.propose(case.pk, actor=staff(Role.AGENT, ana), reason=REASON, now=now)
    first = inviting.propose(case.pk, actor=lea, reason=REASON, now=now).pk
    assert (stands(ana, now=now), messages(ana, template="invitation_notice")) == (False, [])
    with pytest.raises(NotAllowed):
        inviting.confirm(case.pk, proposal_id=first, actor=sam, reason=REASON, now=now)
    with pytest.raises(SecondPersonRequired):
        inviting.confirm(case.pk, proposal_id=first, actor=lea, reason=REASON, now=now)
    with pytest.raises(InvitationRefused, match="does not wait any more"):
        inviting.confirm(case.pk, proposal_id=case.pk, actor=staff(Role.LEAD), reason=REASON, now=now)
    row = inviting.confirm(case.pk, proposal_id=first, actor=staff(Role.LEAD), reason=REASON, now=now)
    assert (row.opens, row.expires_at) == ("recover", now + timedelta(days=7))
    assert [stands(ana, now=now + timedelta(days=days)) for days in (6, 7)] == [True, False]
    told = [opened(each) for each in messages(ana, template="invitation_notice")]
    assert [(each.to, each.context["reference"]) for each in told] == [(ana.email, case.reference)]
    for same in ({"confirmed_by": row.proposed_by}, {"confirmed_by": ana.pk}, {"confirmed_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RecoveryInvitation.objects.filter(pk=row.pk).update(**same)


@pytest.mark.row("L05")
def test_nothing_is_proposed_beside_an_alert_a_recovery_or_in_a_case_about_something_else(
    ana: Account, sam: Actor, now: datetime
) -> None:
    for kind in (CaseKind.DISPUTE, CaseKind.CLAIM):
        with pytest.raises(InvitationRefused, match="open case of somebody who cannot get in"):
            inviting.propose(written(ana, kind=kind, now=now).pk, actor=sam, reason=REASON, now=now)
    case = written(ana, now=now)
    restrict(ana, RestrictionKind.FRAUD_ALERT, now=now)
    with pytest.raises(InvitationRefused, match="alert or a hold"):
        inviting.propose(case.pk, actor=sam, reason=REASON, now=now)
    Restriction.objects.all().delete()
    begun(ana, now=now)
    with pytest.raises(InvitationRefused, match="under way"):
        inviting.propose(case.pk, actor=sam, reason=REASON, now=now)


def test_documents_alone_lead_from_the_link_to_a_new_password(ana: Account, now: datetime, advance: Any) -> None:
    invited(ana, now=now)
    passwords_dead(ana, now=now)
    assert (stands(ana, now=now), session.may_go_by_documents(ana, now=now)) == (True, True)
    row = begun_by_documents(ana, now=now)
    assert (row.lost, invitations.is_behind(row.pk)) == (["totp"], True)
    row = submit(row, now=now)
    decided(row, now=now)
    later = advance(hours=DELAY.total_seconds() / 3600)
    upkeep.sweep(later)
    assert FactorRecovery.objects.get().state == RecoveryState.DONE
    assert TotpDevice.objects.filter(user=ana).count() == 0
    # Only the mailbox is left, so its link chooses the password, and no invitation is needed.
    assert (reset(ana), RecoveryInvitation.objects.filter(ended_at=None).count()) == (302, 0)


def test_what_was_begun_goes_on_after_the_time_and_nothing_else_begins(ana: Account, now: datetime) -> None:
    invited(ana, now=now)
    begun_by_documents(ana, now=now)
    late = now + timedelta(days=8)
    assert (stands(ana, now=late), session.may_go_by_documents(ana, now=late)) == (False, True)
    assert invitations.lapse(now=late) == 0
    assert session.may_go_by_documents(ana, now=now + timedelta(days=67)) is False
    assert (invitations.lapse(now=now + timedelta(days=67)), ended()) == (1, "expired")


def test_link_alone_begins_nothing_without_an_invitation(ana: Account, now: datetime) -> None:
    passwords_dead(ana, now=now)
    with pytest.raises(NotAllowed):
        begun_by_documents(ana, now=now)
    invited(ana, now=now)
    begun_by_documents(ana, now=now)


def test_passkeys_go_with_what_was_said_though_a_new_phone_is_asked_for(now: datetime) -> None:
    bea = make_account("bea")
    granted(bea, now=now)
    row = begun_by_documents(bea, lost=(FactorKind.SMS,), new_contact="+14155550199", now=now)
    assert row.lost == ["totp", "sms"]


@pytest.mark.row("J07")
def test_password_that_died_with_a_readmission_lets_documents_stand_for_thirty_days(
    ana: Account, now: datetime
) -> None:
    row = granted(ana, now=now)
    assert (row.proposed_by, row.expires_at) == (None, now + timedelta(days=30))
    assert begun_by_documents(ana, now=now).lost == ["totp"]
    cleo = make_account("cleo", phone=None, totp=False)
    with pytest.raises(RecoveryInvitation.DoesNotExist):
        granted(cleo, now=now)


@pytest.mark.row("J03")
def test_recovery_that_leaves_a_factor_behind_locks_nobody_out(now: datetime, advance: Any) -> None:
    bea = make_account("bea")
    confirmed(bea, now=now)
    later = advance(hours=DELAY.total_seconds() / 3600)
    upkeep.sweep(later)
    row = RecoveryInvitation.objects.get(account=bea, ended_at=None)
    assert (row.cause, row.opens, stands(bea, now=later)) == ("recovered", "recover", True)


@pytest.mark.row("J03")
def test_new_password_ends_it(ana: Account, now: datetime) -> None:
    granted(ana, now=now)
    TotpDevice.objects.filter(user=ana).delete()
    assert (reset(ana), ended()) == (302, "password_reset")


def by_report(account: Account, now: datetime) -> None:
    suspicious.take_report(account.pk, actor=staff(Role.AGENT), reason=REASON, now=now)


def by_alarm(account: Account, now: datetime) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        suspicious.report(locked, actor=Actor.link(account.pk), now=now)


def by_alert(account: Account, now: datetime) -> None:
    restrict(account, RestrictionKind.FRAUD_ALERT, now=now)
    assert not stands(account, now=now)
    Restriction.objects.update(lifted_at=now, lifted_by="system:tests")


@pytest.mark.row("L05")
@pytest.mark.parametrize(("comes", "why"), [(by_report, "reported"), (by_alarm, "reported"), (by_alert, "held")])
def test_alarm_report_or_hold_ends_it_and_lifting_brings_nothing_back(
    ana: Account, comes: Callable[[Account, datetime], None], why: str, now: datetime
) -> None:
    invited(ana, now=now)
    comes(ana, now)
    assert not stands(ana, now=now)
    upkeep.sweep(now)
    assert ended() == why


def test_proposal_that_nobody_confirmed_lapses_and_staff_end_what_stands(
    ana: Account, sam: Actor, now: datetime
) -> None:
    case = written(ana, now=now)
    inviting.propose(case.pk, actor=sam, reason=REASON, now=now)
    with pytest.raises(InvitationRefused, match="already"):
        inviting.propose(case.pk, actor=sam, reason=REASON, now=now)
    assert (invitations.lapse(now=now + timedelta(days=7)), ended()) == (1, "idle")
    invited(ana, now=now)
    inviting.withdraw(case.pk, actor=sam, reason=REASON, now=now)
    assert (stands(ana, now=now), ended()) == (False, "staff")
    with pytest.raises(InvitationRefused, match="nothing to end"):
        inviting.withdraw(case.pk, actor=sam, reason=REASON, now=now)


def test_account_that_was_disabled_meanwhile_is_proposed_anew(
    ana: Account, sam: Actor, lea: Actor, now: datetime
) -> None:
    case = written(ana, now=now)
    first = inviting.propose(case.pk, actor=sam, reason=REASON, now=now).pk
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.DISABLED)
    with pytest.raises(InvitationRefused, match="Propose it again"):
        inviting.confirm(case.pk, proposal_id=first, actor=lea, reason=REASON, now=now)
    inviting.withdraw(case.pk, actor=sam, reason=REASON, now=now)
    again = inviting.propose(case.pk, actor=sam, reason=REASON, now=now)
    with pytest.raises(InvitationRefused, match="does not wait any more"):
        inviting.confirm(case.pk, proposal_id=first, actor=lea, reason=REASON, now=now)
    inviting.confirm(case.pk, proposal_id=again.pk, actor=lea, reason=REASON, now=now)
    assert again.opens == InvitedTo.REACTIVATE
    assert [stands(ana, opens=opens, now=now) for opens in InvitedTo] == [False, True]


@pytest.mark.row("D08", "E07")
def test_link_of_the_notice_ends_it_with_what_was_begun_and_locks_the_account(ana: Account, now: datetime) -> None:
    invited(ana, now=now)
    begun_by_documents(ana, now=now)
    words = received("invitation_notice")
    assert "https://portal.example.test/recover/" in (words.text if words else "")
    address = f"/stop/{token_in(words)}/"
    assert Client().get(address).status_code == 200
    assert stands(ana, now=now)
    assert Client().post(address)["Location"] == "/security/locked/"
    ana.refresh_from_db()
    row = FactorRecovery.objects.get()
    assert (ended(), row.state, ana.status) == ("stopped", RecoveryState.ENDED, AccountStatus.DISABLED)
    late = mailed_links.issue(
        ana.pk,
        LinkPurpose.STOP_INVITATION,
        subject_id=RecoveryInvitation.objects.get().pk,
        channel=MessageChannel.EMAIL,
        lives=None,
        now=now,
    )
    with pytest.raises(StopRefused):
        stops.carry_out(late, now=now + timedelta(hours=73))


def begun_by_documents(account: Account, *, now: datetime, **facts: Any) -> FactorRecovery:
    """Begin a recovery with nothing but the link."""
    return begun(account, given=None, invited=True, now=now, **facts)


def submit(row: FactorRecovery, *, now: datetime) -> FactorRecovery:
    """Send a recovery to staff."""
    with_photos(row, now=now)
    return deciding.submit(row.pk, actor=Actor.status_session(row.account_id), now=now)


def reset(account: Account) -> int:
    """Choose a new password by the link in the mailbox; returns the status of the answer."""
    client = Client()
    client.post("/password-reset/", {"identifier": account.email})
    return client.post(f"/password-reset/{token_in(received('password_reset'))}/", {"password": NEXT}).status_code
