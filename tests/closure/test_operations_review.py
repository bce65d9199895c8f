"""Decisions of staff: on what they saw, with a reason, by two people where that is due."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.enums import CaseKind, Role
from accounts.exceptions import NotAllowed, PortalError
from accounts.models import Account, Case
from closure import effects
from closure.enums import ClosureState, Moment
from closure.exceptions import BlockedBy, CaseRequired, ReasonRequired, SecondPersonRequired, StaleDecision
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.models import LedgerEffect
from closure.models import ClosureRequest
from closure.notes import warning_codes
from closure.operations.check import check_request
from closure.operations.review import approve, ask, cancel_by_staff, propose, reject
from tests.closure.scenes import effects_of, events, frozen_picture, make_request, staff
from tests.factories import make_account
from tests.outbox import messages, opened

pytestmark = pytest.mark.django_db
S = ClosureState
SAM, LEA, OLGA = staff(Role.AGENT), staff(Role.LEAD), staff(Role.COMPLIANCE)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def decide(verb: Any, request: ClosureRequest, actor: Actor, now: datetime, **facts: Any) -> ClosureRequest:
    seen = ClosureRequest.objects.get(pk=request.pk).version
    given = {"actor": actor, "reason": "looked at it", "seen_version": seen, **facts}
    done: ClosureRequest = verb(request.pk, now=now, **given)
    return done


def refused_with(
    kind: type[PortalError], verb: Any, request: ClosureRequest, actor: Actor, *args: Any, **facts: Any
) -> None:
    before = frozen_picture(request)
    with pytest.raises(kind):
        decide(verb, request, actor, *args, **facts)
    assert frozen_picture(request) == before


def test_one_agent_approves_after_a_fresh_check(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now)
    done = decide(approve, request, SAM, now)
    assert (done.state, done.reviewed_by, done.reviewed_at) == (S.COOLING_OFF, SAM.account_id, now)
    assert [run.moment for run in request.check_runs.all()] == ["approve"]


def test_approving_what_is_not_clear_is_refused(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now)
    deposit(ana.pk, "BTC", "1", now=now)
    with pytest.raises(BlockedBy) as refused:
        decide(approve, request, SAM, now)
    assert [finding.area for finding in refused.value.check.blockers] == ["spot"]
    assert ClosureRequest.objects.get().state == S.IN_REVIEW


def test_four_eyes_are_proposer_and_lead(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now, four_eyes_due=True)
    proposed = decide(approve, request, SAM, now)
    assert (proposed.state, proposed.proposed_by, proposed.reviewed_by) == (S.IN_REVIEW, SAM.account_id, None)
    for actor in (SAM, Actor(kind=SAM.kind, account_id=make_account("bob").pk, roles=SAM.roles)):
        refused_with(SecondPersonRequired, approve, request, actor, now)
    done = decide(approve, request, LEA, now)
    assert (done.state, done.proposed_by, done.reviewed_by) == (S.COOLING_OFF, SAM.account_id, LEA.account_id)
    assert events(request) == ["closure.proposed", "closure.approved"]


def test_a_lead_who_proposed_is_not_the_second(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now, four_eyes_due=True)
    decide(propose, request, LEA, now)
    refused_with(SecondPersonRequired, approve, request, LEA, now)


def test_a_proposal_is_made_once_and_only_where_two_decide(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now, four_eyes_due=True)
    decide(propose, request, SAM, now)
    with pytest.raises(PortalError) as again:
        decide(propose, request, LEA, now)
    single = make_request(make_account("bob"), S.IN_REVIEW, now=now)
    with pytest.raises(PortalError) as needless:
        decide(propose, single, SAM, now)
    assert (again.value.code, needless.value.code) == ("already_proposed", "no_proposal_needed")


def test_a_changed_check_drops_the_proposal(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now, four_eyes_due=True)
    decide(propose, request, SAM, now)
    deposit(ana.pk, "USDT", "0.5", now=now)
    warned = warning_codes(check_request(request, Moment.SWEEP, now=now).result)
    ClosureRequest.objects.filter(pk=request.pk).update(
        acknowledged={**request.acknowledged, **dict.fromkeys(warned, now.isoformat())}
    )
    later = now + timedelta(minutes=1)
    dropped = decide(approve, request, LEA, later)
    assert (dropped.state, dropped.proposed_by, dropped.proposed_at) == (S.IN_REVIEW, LEA.account_id, later)
    refused_with(SecondPersonRequired, approve, request, LEA, later)


@pytest.mark.parametrize("verb", [propose, approve, reject, ask, cancel_by_staff])
def test_decisions_on_what_changed_since_are_stale(verb: Any, ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now, version=4, four_eyes_due=verb is propose)
    refused_with(StaleDecision, verb, request, SAM, now, seen_version=3, reason="")
    refused_with(StaleDecision, verb, request, SAM, now, seen_version=None)


@pytest.mark.row("L01")
@pytest.mark.parametrize("verb", [propose, approve, reject, ask, cancel_by_staff])
def test_decisions_need_a_reason_and_a_role(verb: Any, ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now, four_eyes_due=verb is propose)
    refused_with(ReasonRequired, verb, request, SAM, now, reason=" ")
    for actor in (staff(Role.AUDITOR), Actor.customer(ana), OLGA):
        refused_with(NotAllowed, verb, request, actor, now)


def test_reject_releases_and_tells_the_customer_the_words_of_the_template(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    done = decide(reject, request, SAM, now, reason="phoned, sounded wrong", template="identity_mismatch")
    ana.refresh_from_db()
    mail = opened(messages(ana, template="closure_rejected")[0])
    assert (done.state, done.end_reason, ana.status) == (S.REJECTED, "identity_mismatch", "active")
    assert mail.context["reason"] == "We could not confirm that you asked for it."
    assert ana.withdrawals_held_until == now + timedelta(hours=24)


@pytest.mark.row("L01")
@pytest.mark.parametrize("state", [S.IN_REVIEW, S.COOLING_OFF, S.APPROVED, S.HELD, S.FINALIZING])
def test_staff_cancel_on_the_customers_case(state: ClosureState, ana: Account, now: datetime) -> None:
    request = make_request(ana, state, now=now)
    case = Case.objects.create(account_id=ana.pk, kind=CaseKind.OTHER, created_at=now)
    refused_with(CaseRequired, cancel_by_staff, request, SAM, now)
    done = decide(cancel_by_staff, request, SAM, now, case=case.reference)
    ana.refresh_from_db()
    assert (done.state, done.end_reason, ana.status) == (S.CANCELLED, "cancelled_by_staff", "active")
    unlocked = ["unlock_deposits"] if state is S.FINALIZING else []
    assert effects_of(request) == ["unfreeze", *unlocked]
    assert [mail.template for mail in messages(ana)] == ["closure_cancelled"]


@pytest.mark.row("L02", "A18")
def test_staff_cannot_bring_a_closure_about(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.DRAFT, now=now)
    for verb in (propose, approve, reject, ask, cancel_by_staff):
        with pytest.raises(PortalError):
            decide(verb, request, LEA, now)
    assert ClosureRequest.objects.get().state == S.DRAFT


def test_ask_waits_for_the_answer(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now)
    done = decide(ask, request, SAM, now)
    assert (done.state, done.held_from, done.held_reasons) == (S.HELD, S.IN_REVIEW, ["question"])
    assert [mail.template for mail in messages(ana)] == ["closure_held"]


def test_release_reaches_the_core(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    decide(reject, request, SAM, now)
    assert effects.perform_for(request.pk, now=now) is True
    assert list(LedgerEffect.objects.filter(account_id=ana.pk).values_list("call", flat=True)) == ["unfreeze"]
