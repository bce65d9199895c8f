"""The way back without documents: an agent and a lead, on the resolved case of a disabled account."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import is_password_usable
from django.db import IntegrityError, transaction

from accounts import cases, identity_check, restrictions, suspicious
from accounts.actors import Actor
from accounts.case_desk import OnAnotherDesk
from accounts.cases import UnknownCase
from accounts.enums import AccountStatus, CaseKind, IdentifierKind, RestrictionKind, Role
from accounts.exceptions import NotAllowed, ReasonRequired, SecondPersonRequired
from accounts.models import Account, Case, Event
from accounts.status import change_status
from closure.enums import ClosureState
from closure.exceptions import StaleDecision, TransitionRefused
from closure.models import Readmission, WelcomeBack
from closure.operations import readmit
from closure.operations.hold import dispute
from closure.operations.readmit import UnknownReadmission
from tests.closure.locked import locked_out
from tests.closure.reactivating import disabled
from tests.closure.scenes import make_request, staff
from tests.factories import make_account
from tests.outbox import messages

pytestmark = [pytest.mark.django_db, pytest.mark.row("L02", "L06")]
SAM, LEA = staff(Role.AGENT), staff(Role.LEAD)
WHY = "We phoned her."


def proposed(case: Case, now: datetime, by: Actor = SAM) -> Readmission:
    return readmit.propose(case.pk, actor=by, reason=WHY, now=now)


def opened(row: Readmission, now: datetime, by: Actor = LEA) -> Readmission:
    return readmit.confirm(row.pk, actor=by, reason=WHY, now=now)


def refusal(case: Case, now: datetime) -> str:
    with pytest.raises(TransitionRefused) as refused:
        proposed(case, now)
    case.refresh_from_db()
    assert readmit.may_propose(SAM, case) is False
    return refused.value.code


def told(case: Case) -> list[str]:
    """Return what the journal says of opening the account of a case again, oldest first."""
    kept = Event.objects.filter(account_id=case.account_id, action__startswith="readmission.")
    return list(kept.order_by("id").values_list("action", flat=True))


def owner(case: Case) -> Account:
    assert case.account_id is not None
    return Account.objects.get(pk=case.account_id)


def status(case: Case) -> str:
    return owner(case).status


def test_agent_proposes_and_a_lead_opens(now: datetime) -> None:
    case, later = locked_out(now=now), now + timedelta(hours=1)
    assert readmit.may_propose(SAM, case) is True
    row = proposed(case, later)
    assert (status(case), row.proposed_by, readmit.may_propose(SAM, case)) == ("disabled", SAM.account_id, False)
    assert list(readmit.waiting()) == [row]
    done = opened(row, later)
    ana = owner(case)
    assert (done.confirmed_at, done.confirmed_by, list(readmit.waiting())) == (later, LEA.account_id, [])
    assert (ana.status, is_password_usable(ana.password)) == ("active", False)
    assert ana.withdrawals_held_until == later + timedelta(hours=48)
    assert WelcomeBack.objects.get(account=ana).mandatory is True
    assert [(each.template, each.channel) for each in messages(ana)][-2:] == [
        ("reactivation_approved", "email"),
        ("reactivation_approved", "sms"),
    ]
    assert told(case) == ["readmission.proposed", "readmission.confirmed"]
    assert refusal(case, later) == "not_disabled"


def test_one_person_alone_opens_nothing(now: datetime) -> None:
    case = locked_out(now=now)
    row = proposed(case, now, by=LEA)
    for actor in (LEA, SAM):
        with pytest.raises(SecondPersonRequired):
            opened(row, now, by=actor)
        assert readmit.can_confirm(row, actor) is False
    assert status(case) == "disabled"
    with pytest.raises(IntegrityError), transaction.atomic():
        Readmission.objects.filter(pk=row.pk).update(confirmed_at=now, confirmed_by=LEA.account_id)


def test_other_roles_its_owner_and_nobody_without_a_reason_decide(now: datetime) -> None:
    case = locked_out(now=now)
    herself = Actor(kind=SAM.kind, account_id=case.account_id, roles=frozenset(Role))
    compliance = staff(Role.COMPLIANCE)
    assert [readmit.may_propose(actor, case) for actor in (compliance, herself, LEA)] == [False, False, True]
    row = proposed(case, now)
    for verb, key in ((readmit.propose, case.pk), (readmit.confirm, row.pk), (readmit.drop, row.pk)):
        for actor in (compliance, staff(Role.AUDITOR)):
            with pytest.raises(NotAllowed):
                verb(key, actor=actor, reason=WHY, now=now)
        with pytest.raises(SecondPersonRequired):
            verb(key, actor=herself, reason=WHY, now=now)
        with pytest.raises(ReasonRequired):
            verb(key, actor=LEA, reason=" ", now=now)
    assert (status(case), told(case)) == ("disabled", ["readmission.proposed"])


def test_who_proposes_what_somebody_proposed_meanwhile_opens_nothing(now: datetime) -> None:
    case = locked_out(now=now)
    row = proposed(case, now)
    with pytest.raises(StaleDecision):
        proposed(case, now, by=LEA)
    assert (status(case), list(readmit.waiting())) == ("disabled", [row])


def test_proposal_is_taken_back_and_may_be_made_anew(now: datetime) -> None:
    case = locked_out(now=now)
    first = proposed(case, now)
    taken = readmit.drop(first.pk, actor=SAM, reason="Too early.", now=now)
    assert (taken.dropped_at, taken.dropped_by, list(readmit.waiting())) == (now, SAM.account_id, [])
    for verb in (readmit.confirm, readmit.drop):
        with pytest.raises(UnknownReadmission):
            verb(first.pk, actor=LEA, reason=WHY, now=now)
    again = proposed(case, now, by=LEA)
    assert readmit.drop(again.pk, actor=SAM, reason="Not yet.", now=now).dropped_by == SAM.account_id
    assert told(case) == ["readmission.proposed", "readmission.dropped"] * 2
    assert status(case) == "disabled"


def test_desk_of_its_case_keeps_others_away(now: datetime) -> None:
    case = locked_out(now=now)
    row = proposed(case, now)
    Case.objects.filter(pk=case.pk).update(desk_by=SAM.account_id, desk_until=now + timedelta(minutes=15))
    for verb in (readmit.confirm, readmit.drop):
        with pytest.raises(OnAnotherDesk):
            verb(row.pk, actor=LEA, reason=WHY, now=now)
    assert opened(row, now + timedelta(minutes=15)).confirmed_by == LEA.account_id


@pytest.mark.row("G05", "G06")
def test_identity_that_somebody_else_claims_is_settled_before_anybody_is_let_in(now: datetime) -> None:
    case = locked_out(now=now)
    row = proposed(case, now)
    found = identity_check.conflicts([(IdentifierKind.DOCUMENT, "X-ANA-1")], account_id=None, now=now)
    reference = identity_check.refuse(found, account_id=None, now=now).reference
    with pytest.raises(TransitionRefused, match=f"Resolve case {reference} first") as refused:
        opened(row, now)
    assert (refused.value.code, status(case)) == ("duplicate", "disabled")
    readmit.drop(row.pk, actor=SAM, reason="Whose is it?", now=now)
    assert refusal(case, now) == "duplicate"
    cases.resolve_case(Case.objects.get(reference=reference).pk, actor=SAM, note="A mistake.", now=now)
    assert opened(proposed(case, now), now).confirmed_at == now


def test_case_is_resolved_since_the_account_was_disabled(now: datetime) -> None:
    case = locked_out(now=now)
    Case.objects.filter(pk=case.pk).update(state="open", resolved_at=None)
    assert refusal(case, now) == "case_open"
    Case.objects.filter(pk=case.pk).update(state="resolved", resolved_at=now - timedelta(seconds=1))
    assert refusal(case, now) == "case_open"
    with pytest.raises(UnknownCase):
        proposed(Case.objects.create(kind=CaseKind.OTHER, created_at=now), now)


def test_holds_and_disputes_keep_it_disabled_in_neutral_words(now: datetime) -> None:
    case = locked_out(now=now)
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
    assert refusal(case, now) == "reactivation_offered"
    settings.PORTAL_POLICY = "binance"  # type: ignore[attr-defined]
    assert proposed(case, now).proposed_by == SAM.account_id


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
    ana = owner(locked_out(now=now))
    case = cases.open_case(ana.pk, CaseKind.OTHER, actor=SAM, note="", now=now)
    resolved = cases.resolve_case(case.pk, actor=SAM, note="", now=now + timedelta(seconds=1))
    assert refusal(resolved, now) == "reactivation_offered"


def test_proposal_is_over_when_the_account_moved_since(now: datetime) -> None:
    case, later = locked_out(now=now), now + timedelta(hours=1)
    row = proposed(case, later)
    ana = owner(case)
    for to, minutes in ((AccountStatus.ACTIVE, 1), (AccountStatus.DISABLED, 2)):
        change_status(ana, to, actor=Actor.system("tests"), reason="moved", now=later + timedelta(minutes=minutes))
        ana.refresh_from_db()
        row = Readmission.objects.select_related("account").get(pk=row.pk)
        assert (list(readmit.waiting()), readmit.waits(row)) == ([], False)
        with pytest.raises(UnknownReadmission):
            opened(row, later + timedelta(hours=1))
    assert refusal(case, later + timedelta(hours=1)) == "case_open"
