"""The way back without documents: an agent and a lead, on the resolved case of a disabled account."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import is_password_usable
from django.db import transaction

from accounts import cases, restrictions, suspicious
from accounts.actors import Actor
from accounts.cases import UnknownCase
from accounts.enums import AccountStatus, CaseKind, RestrictionKind, Role
from accounts.exceptions import NotAllowed, ReasonRequired, SecondPersonRequired
from accounts.models import Account, Case, Event
from accounts.status import change_status
from closure.enums import ClosureState
from closure.exceptions import TransitionRefused
from closure.models import WelcomeBack
from closure.operations.hold import dispute
from closure.operations.readmit import may_go_on, proposed_by, readmit
from tests.closure.reactivating import disabled
from tests.closure.scenes import make_request, staff
from tests.console import console
from tests.factories import make_account, make_staff
from tests.outbox import messages
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("L02", "L06")]
SAM, LEA = staff(Role.AGENT), staff(Role.LEAD)
WHY = "We phoned her."


def locked_out(now: datetime) -> Case:
    """Return the resolved case of somebody who said that a sign-in was not theirs; the investigation is over."""
    ana = make_account("ana")
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=ana.pk)
        case = suspicious.report(account, actor=Actor.link(account.pk), now=now)
    restrictions.active(ana.pk)[0].delete()
    return cases.resolve_case(case.pk, actor=SAM, note="", now=now + timedelta(seconds=1))


def refusal(case: Case, now: datetime, by: Actor = SAM) -> str:
    with pytest.raises(TransitionRefused) as refused:
        readmit(case.pk, actor=by, reason=WHY, now=now)
    return refused.value.code


def owner(case: Case) -> Account:
    assert case.account_id is not None
    return Account.objects.get(pk=case.account_id)


def status(case: Case) -> str:
    return owner(case).status


def test_agent_proposes_and_a_lead_opens(now: datetime) -> None:
    case, later = locked_out(now), now + timedelta(hours=1)
    assert (may_go_on(SAM, case), proposed_by(case)) == (True, None)
    assert readmit(case.pk, actor=SAM, reason=WHY, now=later) is False
    assert (status(case), proposed_by(case), may_go_on(SAM, case)) == ("disabled", SAM.label, False)
    assert readmit(case.pk, actor=LEA, reason=WHY, now=later) is True
    ana = owner(case)
    assert (ana.status, is_password_usable(ana.password)) == ("active", False)
    assert ana.withdrawals_held_until == later + timedelta(hours=48)
    assert WelcomeBack.objects.get(account=ana).mandatory is True
    assert [(each.template, each.channel) for each in messages(ana)][-2:] == [
        ("reactivation_approved", "email"),
        ("reactivation_approved", "sms"),
    ]
    told = Event.objects.filter(account_id=ana.pk, action__startswith="readmission.").order_by("id")
    assert list(told.values_list("action", flat=True)) == ["readmission.proposed", "readmission.confirmed"]
    assert refusal(case, later, LEA) == "not_disabled"


def test_one_person_alone_opens_nothing(now: datetime) -> None:
    case = locked_out(now)
    readmit(case.pk, actor=LEA, reason=WHY, now=now)
    for actor in (LEA, SAM):
        with pytest.raises(SecondPersonRequired):
            readmit(case.pk, actor=actor, reason=WHY, now=now)
    assert status(case) == "disabled"


def test_other_roles_its_owner_and_nobody_without_a_reason_propose(now: datetime) -> None:
    case = locked_out(now)
    for role in (Role.COMPLIANCE, Role.AUDITOR):
        with pytest.raises(NotAllowed):
            readmit(case.pk, actor=staff(role), reason=WHY, now=now)
    herself = Actor(kind=SAM.kind, account_id=case.account_id, roles=frozenset(Role))
    with pytest.raises(SecondPersonRequired):
        readmit(case.pk, actor=herself, reason=WHY, now=now)
    with pytest.raises(ReasonRequired):
        readmit(case.pk, actor=SAM, reason=" ", now=now)
    assert [may_go_on(actor, case) for actor in (staff(Role.COMPLIANCE), herself, LEA)] == [False, False, True]


def test_case_is_resolved_since_the_account_was_disabled(now: datetime) -> None:
    case = locked_out(now)
    Case.objects.filter(pk=case.pk).update(state="open", resolved_at=None)
    assert refusal(case, now) == "case_open"
    Case.objects.filter(pk=case.pk).update(state="resolved", resolved_at=now - timedelta(seconds=1))
    assert refusal(case, now) == "case_open"
    with pytest.raises(UnknownCase):
        readmit(Case.objects.create(kind=CaseKind.OTHER, created_at=now).pk, actor=SAM, reason=WHY, now=now)


def test_holds_and_disputes_keep_it_disabled_in_neutral_words(now: datetime) -> None:
    case = locked_out(now)
    account = owner(case)
    restrictions.place(account, RestrictionKind.JUDICIAL_FREEZE, actor=SAM, note="", now=now)
    assert refusal(case, now) == "on_hold"
    request = make_request(make_account("ben"), ClosureState.COOLING_OFF, now=now)
    dispute(request.pk, actor=Actor.link(request.account_id), reason="", now=now)
    restrictions.active(request.account_id)[0].delete()
    disputed = cases.open_case(request.account_id, CaseKind.SUSPICIOUS_SIGN_IN, actor=SAM, note="", now=now)
    cases.resolve_case(disputed.pk, actor=SAM, note="", now=now + timedelta(seconds=1))
    assert refusal(disputed, now) == "on_hold"


@pytest.mark.row("J07")
@pytest.mark.parametrize("kind", CaseKind.values)
def test_self_disabled_account_goes_this_way_only_without_reactivation(
    kind: str, now: datetime, settings: object
) -> None:
    ana = disabled("ana", now=now)
    case = cases.open_case(ana.pk, CaseKind(kind), actor=SAM, note="", now=now)
    cases.resolve_case(case.pk, actor=SAM, note="", now=now)
    case.refresh_from_db()
    assert (refusal(case, now), may_go_on(SAM, case)) == ("reactivation_offered", False)
    settings.PORTAL_POLICY = "binance"  # type: ignore[attr-defined]
    assert readmit(case.pk, actor=SAM, reason=WHY, now=now) is False


@pytest.mark.row("J07")
def test_alarm_about_an_account_that_is_disabled_already_leaves_the_way_by_documents(now: datetime) -> None:
    ana = disabled("ana", now=now)
    with transaction.atomic():
        case = suspicious.report(Account.objects.select_for_update().get(pk=ana.pk), actor=Actor.link(ana.pk), now=now)
    restrictions.active(ana.pk)[0].delete()
    resolved = cases.resolve_case(case.pk, actor=SAM, note="", now=now + timedelta(seconds=1))
    assert refusal(resolved, now) == "reactivation_offered"


@pytest.mark.row("L02")
def test_case_of_another_kind_opens_nothing_of_who_was_locked_out(now: datetime) -> None:
    ana = owner(locked_out(now))
    case = cases.open_case(ana.pk, CaseKind.OTHER, actor=SAM, note="", now=now)
    resolved = cases.resolve_case(case.pk, actor=SAM, note="", now=now + timedelta(seconds=1))
    assert refusal(resolved, now) == "reactivation_offered"


def test_proposal_is_forgotten_when_the_account_is_disabled_anew(now: datetime) -> None:
    case, later = locked_out(now), now + timedelta(hours=1)
    for actor in (SAM, LEA):
        readmit(case.pk, actor=actor, reason=WHY, now=later)
    ana, again = owner(case), later + timedelta(hours=1)
    change_status(ana, AccountStatus.DISABLED, actor=Actor.customer(ana), reason="by_owner", now=again)
    assert refusal(case, again) == "case_open"
    assert proposed_by(case) is None


def test_page_of_the_case_offers_each_step_to_who_may_take_it(now: datetime) -> None:
    case = locked_out(now)
    sam, lea = console(make_staff("sam")), console(make_staff("lea", Role.LEAD))
    here = f"/staff/accounts/case/{case.pk}/"
    for client, button in ((sam, "Propose to open it"), (lea, "Open the account")):
        assert f">{button}</button>" in client.get(here).content.decode()
        assert client.post(f"{here}readmit/", {"reason": ""}).status_code == 422
        assert client.post(f"{here}readmit/", {"reason": WHY}).status_code == 302
        assert "Open the account again" not in read(sam.get(here)).text
    assert status(case) == "active"
