"""Cancelling by the owner, disputing, asking and answering, as operations."""

from datetime import datetime, timedelta

import pytest

from accounts import restrictions
from accounts.actors import Actor
from accounts.enums import FactorKind, Purpose, Role
from accounts.exceptions import ProofRefused
from accounts.models import Account, Case, OutboxMessage, StepUp
from accounts.verification import step_up as step_ups
from closure import fresh_factor
from closure.enums import ClosureAction, ClosureState, HeldReason
from closure.exceptions import TransitionRefused, UnknownRequest
from closure.models import ClosureRequest
from closure.operations.hold import answer, cancel, cancel_digest, dispute, hold
from closure.policy import loader
from tests.closure.by_operations import give_codes, submitted
from tests.closure.scenes import SYSTEM, frozen_picture, make_request
from tests.factories import make_account, make_staff, totp_code
from tests.outbox import last_code, messages, opened

pytestmark = pytest.mark.django_db
S = ClosureState


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def for_cancelling(request: ClosureRequest, now: datetime, purpose: Purpose = Purpose.CANCEL_CLOSURE) -> StepUp:
    begun = step_ups.begin(
        request.account,
        purpose=purpose,
        digest=cancel_digest(request),
        kinds=loader.load("standard").verification.accepted,
        needed=1,
        second_factor_required=True,
        window=timedelta(minutes=10),
        extensions=0,
        now=now,
    )
    return give_codes(begun, request.account, now)


@pytest.mark.row("D07")
def test_cancel_needs_its_own_verification_and_uses_it_up(ana: Account, now: datetime) -> None:
    request = submitted(ana, now)
    session = Actor.status_session(ana.pk)
    for_closing = StepUp.objects.get(account=ana)
    wrong = [for_closing, for_cancelling(request, now, Purpose.SIGN_IN)]
    before = frozen_picture(request)
    for step_up in wrong:
        with pytest.raises(ProofRefused):
            cancel(request.pk, step_up_id=step_up.pk, actor=session, reason="", now=now)
    assert frozen_picture(request) == before
    right = for_cancelling(request, now)
    done = cancel(request.pk, step_up_id=right.pk, actor=session, reason="changed my mind", now=now)
    right.refresh_from_db()
    assert (done.state, done.end_reason, right.used_at) == (S.CANCELLED, "cancelled_by_customer", now)


def test_a_verification_of_the_request_before_cancels_nothing(ana: Account, now: datetime) -> None:
    old = make_request(ana, S.CANCELLED, now=now)
    step_up = for_cancelling(old, now)
    request = make_request(ana, S.COOLING_OFF, now=now)
    with pytest.raises(ProofRefused):
        cancel(request.pk, step_up_id=step_up.pk, actor=Actor.status_session(ana.pk), reason="", now=now)


def test_cancelling_what_does_not_exist_is_unknown(ana: Account, now: datetime) -> None:
    with pytest.raises(UnknownRequest):
        cancel(ana.pk, step_up_id=ana.pk, actor=Actor.status_session(ana.pk), reason="", now=now)


def test_the_link_alone_disputes_and_nothing_else(ana: Account, now: datetime) -> None:
    request = submitted(ana, now)
    done = dispute(request.pk, actor=Actor.link(ana.pk), reason="not me", now=now)
    ana.refresh_from_db()
    assert (done.state, done.end_reason, ana.status) == (S.CANCELLED, "disputed", "disabled")


@pytest.mark.row("E07", "L05")
def test_dispute_opens_a_case_tells_the_owner_everywhere_and_calls_compliance(ana: Account, now: datetime) -> None:
    olga, _sam = make_staff("olga", Role.COMPLIANCE), make_staff("sam")
    request = make_request(ana, S.APPROVED, now=now)
    dispute(request.pk, actor=Actor.link(ana.pk), reason="not me", now=now)
    case = Case.objects.get()
    assert (case.kind, case.state, case.account_id) == ("dispute", "open", ana.pk)
    told = [(mail.template, mail.channel) for mail in messages(ana)]
    assert told == [("closure_disputed", "email"), ("closure_disputed", "sms")]
    alert = opened(messages(olga)[0])
    assert (alert.to, alert.context) == (olga.email, {"reference": request.reference, "case": case.reference})
    assert OutboxMessage.objects.filter(template="staff_dispute").count() == 1
    assert [each.kind for each in restrictions.active(ana.pk)] == ["security_investigation"]


def fresh(
    request: ClosureRequest, action: ClosureAction, kind: FactorKind, carried_by: FactorKind, now: datetime
) -> StepUp:
    """Give one fresh factor for an action of a status session."""
    begun = fresh_factor.open_or_begin(request, action, carried_by=carried_by, now=now)
    device = next(each.id for each in step_ups.factors(begun) if each.kind is kind)
    step_ups.challenge(begun, device, now=now)
    code = totp_code(request.account) if kind is FactorKind.TOTP else last_code(request.account)
    return step_ups.answer(begun, device, code, now=now)


def test_hold_and_answer(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.HELD, now=now, held_reasons=["question"])
    held = hold(request.pk, {HeldReason.DEPOSIT}, actor=SYSTEM, reason="found", now=now)
    assert held.held_reasons == ["deposit", "question"]
    session = Actor.status_session(ana.pk, carried_by=FactorKind.EMAIL)
    with pytest.raises(ProofRefused):
        answer(request.pk, "it was me", actor=session, now=now)
    given = fresh(request, ClosureAction.ANSWER, FactorKind.SMS, FactorKind.EMAIL, now)
    after = answer(request.pk, "it was me", step_up_id=given.pk, actor=session, now=now)
    assert (after.state, after.held_reasons) == (S.HELD, ["deposit"])
    with pytest.raises(ProofRefused):
        answer(request.pk, "again", step_up_id=given.pk, actor=session, now=now)


@pytest.mark.row("E07")
@pytest.mark.parametrize(
    ("carried_by", "kind"),
    [
        (FactorKind.EMAIL, FactorKind.SMS),
        (FactorKind.EMAIL, FactorKind.TOTP),
        (FactorKind.SMS, FactorKind.EMAIL),
        (FactorKind.SMS, FactorKind.TOTP),
    ],
)
def test_a_factor_of_another_channel_cancels(
    ana: Account, now: datetime, carried_by: FactorKind, kind: FactorKind
) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    given = fresh(request, ClosureAction.CANCEL, kind, carried_by, now)
    actor = Actor.status_session(ana.pk, carried_by=carried_by)
    assert cancel(request.pk, step_up_id=given.pk, actor=actor, reason="", now=now).state == S.CANCELLED


@pytest.mark.row("E07")
@pytest.mark.parametrize("channel", [FactorKind.EMAIL, FactorKind.SMS])
def test_the_channel_of_the_link_is_no_fresh_factor(ana: Account, now: datetime, channel: FactorKind) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    offered = fresh_factor.factors(request, ClosureAction.CANCEL, carried_by=channel, now=now)
    assert channel not in {factor.kind for factor in offered}
    # Begun from a link of the other channel, and answered there: still no more than what carried this one.
    other = FactorKind.SMS if channel is FactorKind.EMAIL else FactorKind.EMAIL
    given = fresh(request, ClosureAction.CANCEL, channel, other, now)
    before = frozen_picture(request)
    with pytest.raises(TransitionRefused):
        cancel(
            request.pk,
            step_up_id=given.pk,
            actor=Actor.status_session(ana.pk, carried_by=channel),
            reason="",
            now=now,
        )
    assert frozen_picture(request) == before


@pytest.mark.row("D07")
def test_a_code_for_answering_cancels_nothing(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.HELD, now=now, held_reasons=["question"])
    given = fresh(request, ClosureAction.ANSWER, FactorKind.SMS, FactorKind.EMAIL, now)
    session = Actor.status_session(ana.pk, carried_by=FactorKind.EMAIL)
    with pytest.raises(ProofRefused):
        cancel(request.pk, step_up_id=given.pk, actor=session, reason="", now=now)
