"""Holding: causes as a set, where it goes on, who may cancel meanwhile, and that nobody is trapped."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts import restrictions
from accounts.actors import Actor
from accounts.enums import CaseKind, RestrictionKind, Role
from accounts.exceptions import PortalError
from accounts.models import Account, Case
from closure import lifecycle
from closure.enums import ClosureAction, ClosureState, HeldReason
from closure.exceptions import TransitionRefused
from closure.models import ClosureRequest
from closure.policy.schema import CancelBy, CancellingPolicy
from tests.closure.scenes import SYSTEM, effects_of, make_proof, make_request, make_run, staff, with_policy
from tests.factories import make_account
from tests.restricting import lift_all
from tests.writing import refused_with

pytestmark = pytest.mark.django_db
A, S, R = ClosureAction, ClosureState, HeldReason
NOBODY = with_policy(cancelling=CancellingPolicy(by=frozenset()))
SUPPORT = with_policy(cancelling=CancellingPolicy(by=frozenset({CancelBy.SUPPORT})))


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def restrict(account: Account, kind: RestrictionKind, now: datetime) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        restrictions.place(locked, kind, actor=SYSTEM, note="", now=now)


def unrestrict(account: Account, now: datetime) -> None:
    lift_all(account.pk, now=now)


def hold(request: ClosureRequest, *causes: HeldReason, now: datetime, actor: Actor = SYSTEM, **facts: Any) -> Any:
    return lifecycle.apply(request.pk, A.HOLD, actor=actor, reason="found", now=now, causes=frozenset(causes), **facts)


def resume(request: ClosureRequest, now: datetime, **run: Any) -> ClosureRequest:
    return lifecycle.apply(
        request.pk, A.RESUME, actor=SYSTEM, reason="clear", now=now, run=make_run(request, now=now, **run)
    )


def code_of(call: Any) -> str:
    with pytest.raises(PortalError) as refused:
        call()
    return refused.value.code


@pytest.mark.parametrize("state", [S.IN_REVIEW, S.COOLING_OFF, S.APPROVED])
def test_hold_keeps_where_it_came_from_and_returns_there(state: ClosureState, ana: Account, now: datetime) -> None:
    request = make_request(ana, state, now=now)
    held = hold(request, R.DEPOSIT, now=now)
    assert (held.state, held.held_from, held.held_reasons, held.held_at) == (S.HELD, state, ["deposit"], now)
    back = resume(request, now)
    assert (back.state, back.held_from, back.held_reasons, back.held_at) == (state, "", [], None)


def test_hold_from_finalizing_unlocks_deposits_and_runs_the_plan_again(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.FINALIZING, now=now, plan={"lock_deposits": {"state": "done"}}, next_try_at=now)
    held = hold(request, R.DEPOSIT, now=now)
    assert (held.held_from, held.plan, held.next_try_at) == (S.APPROVED, {}, None)
    assert (effects_of(request), resume(request, now).state) == (["unlock_deposits"], S.APPROVED)


def test_further_causes_join_the_set_and_known_ones_are_refused(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    hold(request, R.DEPOSIT, now=now)
    later = hold(request, R.BLOCKER, now=now + timedelta(hours=1))
    assert (later.held_reasons, later.held_at, later.held_from) == (["blocker", "deposit"], now, S.COOLING_OFF)
    assert code_of(lambda: hold(request, R.DEPOSIT, now=now)) == "already_held"


@pytest.mark.parametrize(
    ("role", "cause"),
    [(Role.AGENT, R.LEGAL), (Role.AGENT, R.UNREACHABLE), (Role.AGENT, R.QUESTION), (Role.COMPLIANCE, R.DEPOSIT)],
)
def test_staff_hold_for_their_own_causes_only(role: Role, cause: HeldReason, ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    assert code_of(lambda: hold(request, cause, now=now, actor=staff(role))) == "no_cause"


def test_hold_for_law_needs_a_restriction_that_stands(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    olga = staff(Role.COMPLIANCE)
    assert code_of(lambda: hold(request, R.LEGAL, now=now, actor=olga)) == "no_restriction"
    restrict(ana, RestrictionKind.JUDICIAL_FREEZE, now)
    assert hold(request, R.LEGAL, now=now, actor=olga).held_reasons == ["legal"]


@pytest.mark.parametrize(("minutes", "code"), [(None, "not_unreachable"), (59, "not_unreachable"), (60, "held")])
def test_unreachable_holds_after_an_hour(minutes: int | None, code: str, ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    since = None if minutes is None else now - timedelta(minutes=minutes)
    try:
        result = str(hold(request, R.UNREACHABLE, now=now, unknown_since=since).state)
    except TransitionRefused as refused:
        result = refused.code
    assert result == code


@pytest.mark.parametrize("run", [{"blockers": ("spot.left",)}, {"unknown": True}, {"warnings": ("new.warning",)}])
def test_resume_needs_a_clear_check(run: dict[str, Any], ana: Account, now: datetime) -> None:
    request = make_request(ana, S.HELD, now=now)
    with pytest.raises(TransitionRefused):
        resume(request, now, **run)
    assert ClosureRequest.objects.get().state == S.HELD


def test_resume_waits_for_every_cause(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.HELD, now=now, held_reasons=["deposit", "question"])
    assert code_of(lambda: resume(request, now)) == "still_held"
    other = make_request(make_account("bob"), S.HELD, now=now, held_reasons=["legal"])
    restrict(other.account, RestrictionKind.RISK_CONTROL, now)
    assert code_of(lambda: resume(other, now)) == "still_held"
    unrestrict(other.account, now)
    assert resume(other, now).state == S.IN_REVIEW


def test_a_legal_hold_nobody_recorded_yet_still_counts(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.HELD, now=now)
    restrict(ana, RestrictionKind.COMPLIANCE_REVIEW, now)
    assert code_of(lambda: resume(request, now)) == "still_held"


def answered(request: ClosureRequest, now: datetime) -> ClosureRequest:
    session = Actor.status_session(request.account_id)
    return lifecycle.apply(
        request.pk, A.ANSWER, actor=session, reason="yes", now=now, proof=make_proof(request.account)
    )


def test_answer_goes_back_to_review(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now, proposed_at=now, proposed_by=staff(Role.AGENT).account_id)
    asked = lifecycle.apply(request.pk, A.ASK, actor=staff(Role.AGENT), reason="why?", now=now, seen_version=0)
    assert (asked.held_reasons, asked.proposed_by) == (["question"], None)
    back = answered(request, now)
    assert (back.state, back.held_reasons, back.held_at) == (S.IN_REVIEW, [], None)


def test_answer_stays_held_while_another_cause_stands(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.HELD, now=now, held_reasons=["deposit", "question"])
    back = answered(request, now)
    assert (back.state, back.held_reasons) == (S.HELD, ["deposit"])
    assert code_of(lambda: answered(request, now)) == "no_question"


@pytest.mark.parametrize(("days", "expected", "state"), [(13, "question_open", S.HELD), (14, "moved", S.REJECTED)])
def test_questions_lapse_after_two_weeks(
    days: int, expected: str, state: ClosureState, ana: Account, now: datetime
) -> None:
    request = make_request(ana, S.HELD, now=now, held_reasons=["question"])
    try:
        lifecycle.apply(request.pk, A.LAPSE, actor=SYSTEM, reason="no_answer", now=now + timedelta(days=days))
    except TransitionRefused as refused:
        code = refused.code
    else:
        code = "moved"
    assert (code, ClosureRequest.objects.get().state) == (expected, state)


def cancelled(request: ClosureRequest, now: datetime) -> str:
    try:
        session = Actor.status_session(request.account_id)
        lifecycle.apply(request.pk, A.CANCEL, actor=session, reason="", now=now, proof=make_proof(request.account))
    except TransitionRefused as refused:
        return refused.code
    return "cancelled"


@pytest.mark.parametrize(
    ("reasons", "legal", "outcome"),
    [
        (["deposit"], False, "cancelled"),
        (["blocker"], False, "cancelled"),
        (["unreachable"], False, "cancelled"),
        (["question"], False, "cancel_not_offered"),
        (["deposit"], True, "cancel_not_offered"),
    ],
)
def test_customers_may_always_cancel_while_held_for_assets(
    reasons: list[str], *, legal: bool, outcome: str, ana: Account, now: datetime
) -> None:
    request = make_request(ana, S.HELD, now=now, held_reasons=reasons, pinned=NOBODY)
    if legal:
        restrict(ana, RestrictionKind.JUDICIAL_FREEZE, now)
    assert cancelled(request, now) == outcome


def test_customers_cancel_with_a_fresh_factor_where_policy_allows(ana: Account, now: datetime) -> None:
    session = Actor.status_session(ana.pk)
    request = make_request(ana, S.COOLING_OFF, now=now)
    assert code_of(lambda: lifecycle.apply(request.pk, A.CANCEL, actor=session, reason="", now=now)) == (
        "verification_required"
    )
    assert cancelled(request, now) == "cancelled"
    assert cancelled(make_request(make_account("bob"), S.COOLING_OFF, now=now, pinned=SUPPORT), now) == (
        "cancel_not_offered"
    )


@pytest.mark.row("L01")
def test_staff_cancel_on_an_open_case_of_this_customer(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now, pinned=SUPPORT)
    own = Case.objects.create(account_id=ana.pk, kind=CaseKind.OTHER, created_at=now)
    other = Case.objects.create(account_id=make_account("bob").pk, kind=CaseKind.OTHER, created_at=now)
    # About her, and its reference is known to whoever was refused with her address, not to her.
    stranger_s = refused_with(ana, now=now)

    def cancel(case: str | None) -> ClosureRequest:
        return lifecycle.apply(
            request.pk, A.CANCEL, actor=staff(Role.AGENT), reason="asked", now=now, case=case, seen_version=0
        )

    assert [
        code_of(lambda case=case: cancel(case)) for case in (None, "SC-NONE-NONE", other.reference, stranger_s)
    ] == ["case_required"] * 4
    assert (cancel(own.reference).end_reason, request.state) == ("cancelled_by_staff", S.COOLING_OFF)


@pytest.mark.parametrize("state", [S.IN_REVIEW, S.HELD])
def test_nobody_is_frozen_longer_than_the_policy_allows(
    state: ClosureState, ana: Account, now: datetime, advance: Any
) -> None:
    request = make_request(ana, state, now=now)
    early = advance(days=29)
    assert code_of(lambda: lifecycle.apply(request.pk, A.TIME_OUT, actor=SYSTEM, reason="late", now=early)) == (
        "not_too_long"
    )
    late = advance(days=1, seconds=5)
    assert lifecycle.apply(request.pk, A.TIME_OUT, actor=SYSTEM, reason="late", now=late).state == S.REJECTED


def test_time_out_leaves_a_restricted_account_frozen(ana: Account, now: datetime, advance: Any) -> None:
    request = make_request(ana, S.HELD, now=now)
    restrict(ana, RestrictionKind.JUDICIAL_FREEZE, now)
    late = advance(days=31)
    assert code_of(lambda: lifecycle.apply(request.pk, A.TIME_OUT, actor=SYSTEM, reason="late", now=late)) == "on_hold"
    unrestrict(ana, late)
    assert lifecycle.apply(request.pk, A.TIME_OUT, actor=SYSTEM, reason="late", now=late).state == S.REJECTED


def test_parking_follows_the_legal_hold(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.FINALIZING, now=now, sealed_at=now)

    def move(action: ClosureAction) -> ClosureRequest:
        return lifecycle.apply(request.pk, action, actor=SYSTEM, reason="legal_hold", now=now)

    assert code_of(lambda: move(A.PARK)) == "no_legal_hold"
    restrict(ana, RestrictionKind.JUDICIAL_FREEZE, now)
    assert (move(A.PARK).parked_at, code_of(lambda: move(A.FINISH))) == (now, "legal_hold")
    assert code_of(lambda: move(A.UNPARK)) == "legal_hold"
    unrestrict(ana, now)
    assert (move(A.UNPARK).parked_at, ClosureRequest.objects.get().state) == (None, S.FINALIZING)
