"""The last word: everything is asked again, then all of it happens or nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts import journal
from accounts.actors import Actor
from accounts.enums import Purpose, Role
from accounts.exceptions import NotAllowed, PortalError, ProofRefused, TooManyAttempts, WrongPassword
from accounts.models import Account, Identifier, StepUp
from accounts.verification import step_up as step_ups
from closure import verification
from closure.brake import brake_due
from closure.enums import ClosureState, EffectState, Moment, RequestChannel, Step
from closure.exceptions import BlockedBy, MissingAcknowledgements, StepLocked, UnknownRequest
from closure.exchange.ledger.deposits import deposit
from closure.models import CheckRun, ClosureRequest, Effect
from closure.operations.submit import submission
from closure.operations.verify import begin_verification
from closure.policy import loader
from closure.policy.schema import Policy, Review, ReviewPolicy
from tests.closure.by_operations import (
    exported,
    give_codes,
    ready,
    spend_everything,
    submit_now,
    submitted,
    verified,
)
from tests.closure.scenes import SYSTEM, events, frozen_picture, make_request, make_run, staff, with_policy
from tests.factories import make_account
from tests.outbox import messages, opened

pytestmark = pytest.mark.django_db
S = ClosureState


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def refused_with(kind: type[PortalError], request: ClosureRequest, *args: Any, **facts: Any) -> PortalError:
    before = frozen_picture(request)
    with pytest.raises(kind) as refused:
        submit_now(request, *args, **facts)
    assert frozen_picture(request) == before
    return refused.value


@pytest.mark.row("C09", "C10", "E01", "E04", "F01")
def test_submit_freezes_waits_and_writes(ana: Account, now: datetime) -> None:
    request = submitted(ana, now)
    ana.refresh_from_db()
    assert (request.state, ana.status, request.submitted_at) == (S.COOLING_OFF, "frozen", now)
    dates = (request.finalizes_after, request.finalizes_before, request.release_at)
    assert dates == tuple(now + timedelta(days=days) for days in (7, 8, 30))
    assert events(request) == ["closure.started", "closure.submitted"]
    done = Effect.objects.filter(request=request).order_by("id").values_list("kind", "state")
    assert list(done) == [("freeze", EffectState.DONE), ("revoke_keys", EffectState.DONE)]
    mail = opened(messages(ana, template="closure_confirmation")[0])
    assert (mail.to, mail.context["reference"]) == (ana.email, request.reference)
    assert (mail.context["finalizes_after"], mail.context["finalizes_before"]) == dates[:2]


@pytest.mark.row("A16")
def test_submit_checks_again_and_names_what_blocks(ana: Account, now: datetime) -> None:
    request, step_up = ready(ana, now)
    deposit(ana.pk, "BTC", "0.5", now=now)
    refused = refused_with(BlockedBy, request, step_up, now)
    assert isinstance(refused, BlockedBy)
    assert [finding.area for finding in refused.check.blockers] == ["spot"]
    assert CheckRun.objects.filter(request=request, moment=Moment.SUBMIT).count() == 1
    spend_everything(ana)
    assert submit_now(request, step_up, now).state == S.COOLING_OFF


@pytest.mark.row("A16")
def test_submit_needs_new_warnings_acknowledged(ana: Account, now: datetime) -> None:
    request, step_up = ready(ana, now)
    deposit(ana.pk, "USDT", "0.5", now=now)
    refused = refused_with(MissingAcknowledgements, request, step_up, now)
    assert isinstance(refused, MissingAcknowledgements)
    assert len(refused.missing) == 1


@pytest.mark.row("C05")
def test_submit_before_the_steps_is_refused(ana: Account, now: datetime) -> None:
    request = exported(ana, now)
    refused_with(ProofRefused, request, None, now)
    with_codes, step_up = verified(ana, now)
    refused = refused_with(StepLocked, with_codes, step_up, now)
    assert isinstance(refused, StepLocked)
    assert refused.first_open is Step.DOCUMENT


@pytest.mark.row("C09")
@pytest.mark.parametrize("password", [None, "", "wrong-Horse-7-battery"])
def test_submit_asks_for_the_password(password: str | None, ana: Account, now: datetime) -> None:
    request, step_up = ready(ana, now)
    refused_with(WrongPassword, request, step_up, now, password=password)
    assert submit_now(request, step_up, now).state == S.COOLING_OFF


def test_submit_counts_wrong_passwords(ana: Account, now: datetime) -> None:
    request, step_up = ready(ana, now)
    for _attempt in range(5):
        refused_with(WrongPassword, request, step_up, now, password="no")
    refused_with(TooManyAttempts, request, step_up, now)


@pytest.mark.row("D07")
def test_verifications_for_anything_else_close_nothing(ana: Account, now: datetime) -> None:
    request, good = ready(ana, now)

    def begin(account: Account, purpose: Purpose, digest: bytes) -> StepUp:
        facts: dict[str, Any] = {"needed": 2, "second_factor_required": True, "extensions": 0}
        kinds = loader.load("standard").verification.accepted
        window = timedelta(minutes=10)
        begun = step_ups.begin(account, purpose=purpose, digest=digest, kinds=kinds, window=window, now=now, **facts)
        return give_codes(begun, account, now)

    digest = verification.digest(request)
    bob = make_account("bob")
    wrong = [
        begin(ana, Purpose.SIGN_IN, digest),
        begin(ana, Purpose.CANCEL_CLOSURE, digest),
        begin(bob, Purpose.CLOSE_ACCOUNT, digest),
        None,
    ]
    for step_up in wrong:
        refused_with(ProofRefused, request, step_up, now)
    assert submit_now(request, good, now).state == S.COOLING_OFF


@pytest.mark.row("D07")
def test_a_verification_of_another_request_closes_nothing(ana: Account, now: datetime) -> None:
    _request, step_up = ready(ana, now)
    ClosureRequest.objects.update(state=S.EXPIRED)
    again, _newer = ready(ana, now)
    refused_with(ProofRefused, again, step_up, now)


@pytest.mark.row("D07")
def test_a_verification_is_used_once(ana: Account, now: datetime) -> None:
    request, step_up = ready(ana, now)
    submit_now(request, step_up, now)
    step_up.refresh_from_db()
    assert step_up.used_at == now
    with pytest.raises(UnknownRequest):
        submit_now(request, step_up, now)


@pytest.mark.row("D02")
def test_a_late_verification_closes_nothing(ana: Account, now: datetime) -> None:
    request, step_up = ready(ana, now)
    refused_with(ProofRefused, request, step_up, now + timedelta(minutes=11))


@pytest.mark.row("A18", "L02")
def test_nobody_submits_for_ana(ana: Account, now: datetime) -> None:
    request, step_up = ready(ana, now)
    others = [Actor.customer(make_account("bob")), staff(Role.LEAD), Actor.status_session(ana.pk), SYSTEM]
    for actor in others:
        refused_with(NotAllowed, request, step_up, now, actor=actor)


@pytest.mark.row("C02")
def test_submit_keeps_the_channel_it_came_by(ana: Account, now: datetime) -> None:
    request, step_up = ready(ana, now)
    assert submit_now(request, step_up, now, channel=RequestChannel.APP).channel == RequestChannel.APP


@pytest.mark.row("E08")
def test_submit_under_a_new_policy_asks_for_a_new_verification(
    ana: Account, now: datetime, settings: Any, tmp_path: Any
) -> None:
    request, step_up = ready(ana, now)
    changed = tmp_path / "changed.toml"
    text = (loader.PRESETS / "standard.toml").read_text().replace('wait = "7 d"', 'wait = "3 d"')
    changed.write_text(text)
    settings.PORTAL_POLICY = str(changed)
    with pytest.raises(ProofRefused):
        submit_now(request, step_up, now)
    request.refresh_from_db()
    assert (request.state, request.policy_version) == (S.DRAFT, loader.version(loader.current()))
    again = give_codes(begin_verification(request.pk, now=now), ana, now)
    assert submit_now(request, again, now).finalizes_after == now + timedelta(days=3)


@pytest.mark.row("E08")
def test_a_submitted_request_keeps_its_policy(ana: Account, now: datetime, settings: Any, tmp_path: Any) -> None:
    request = submitted(ana, now)
    changed = tmp_path / "changed.toml"
    changed.write_text((loader.PRESETS / "standard.toml").read_text().replace('wait = "7 d"', 'wait = "3 d"'))
    settings.PORTAL_POLICY = str(changed)
    request.refresh_from_db()
    pinned = loader.from_pinned(request.policy)
    assert (pinned.waiting.wait, request.policy_version) == (timedelta(days=7), loader.version(pinned))


@pytest.mark.row("A13")
def test_an_email_code_beside_a_document_is_not_enough(ana: Account, now: datetime) -> None:
    request = exported(ana, now)
    step_up = begin_verification(request.pk, now=now)
    kinds = {factor.kind.value for factor in step_ups.factors(step_up)}
    assert (kinds, step_up.needed, step_up.second_factor_required) == ({"email", "sms", "totp"}, 2, True)


# What submission decides


def decide(account: Account, now: datetime, policy: Policy | None = None, withdrawn: str = "0") -> Any:
    request = make_request(account, S.DRAFT, now=now)
    run = make_run(request, now=now, withdrawn_usdt=withdrawn)
    decided = submission(request, policy or loader.load("standard"), run, now=now)
    request.delete()
    return decided


@pytest.mark.parametrize(
    ("withdrawn", "flags", "four_eyes"),
    [
        ("0", (), False),
        ("10000", (), False),
        ("10000.01", ("large_withdrawals",), True),
        ("", ("large_withdrawals",), True),
    ],
)
def test_large_withdrawals_are_flagged_and_need_two_people(
    withdrawn: str, flags: tuple[str, ...], *, four_eyes: bool, ana: Account, now: datetime
) -> None:
    decided = decide(ana, now, withdrawn=withdrawn)
    assert (decided.flags, decided.four_eyes_due, decided.review_due) == (flags, four_eyes, four_eyes)


@pytest.mark.parametrize(("hours", "due"), [(71, True), (73, False)])
def test_the_brake_lengthens_the_wait(hours: int, *, due: bool, ana: Account, now: datetime) -> None:
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=ana.pk)
        journal.record("factor.added", actor=SYSTEM, at=now - timedelta(hours=hours), account=account)
    policy = loader.load("standard")
    decided = decide(ana, now)
    assert (brake_due(ana, policy, now), decided.flags) == (due, ("brake",) if due else ())
    assert decided.finalizes_after == now + timedelta(days=14 if due else 7)
    assert decided.finalizes_before == now + timedelta(days=15 if due else 8)
    assert (decided.four_eyes_due, decided.release_at) == (due, now + timedelta(days=30))


@pytest.mark.parametrize(
    ("mode", "withdrawn", "due"),
    [
        (Review.NONE, "20000", False),
        (Review.AUTOMATIC, "20000", False),
        (Review.IF_FLAGGED, "0", False),
        (Review.IF_FLAGGED, "20000", True),
        (Review.ONE_AGENT, "0", True),
    ],
)
@pytest.mark.row("F01")
def test_review_is_due_as_the_policy_says(
    mode: Review, withdrawn: str, *, due: bool, ana: Account, now: datetime
) -> None:
    flagged_above = loader.load("standard").review.flagged_above
    review = ReviewPolicy(mode=mode, four_eyes_above=None, four_eyes_under_brake=False, flagged_above=flagged_above)
    decided = decide(ana, now, with_policy(review=review), withdrawn)
    assert (decided.review_due, decided.four_eyes_due) == (due, False)


def test_without_a_document_on_file_no_number_is_asked(ana: Account, now: datetime) -> None:
    Identifier.objects.filter(account=ana, kind="document").delete()
    request, step_up = verified(ana, now)
    assert submit_now(request, step_up, now).state == S.COOLING_OFF
