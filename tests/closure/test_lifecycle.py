"""What each action does when it is allowed, and that a refused one does nothing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from accounts import journal
from accounts.actors import Actor
from accounts.chain import verify
from accounts.enums import AccountStatus, Role, SessionKind
from accounts.exceptions import NotAllowed
from accounts.models import Account, Event, Note, Session
from closure import lifecycle, wake
from closure.enums import ClosureAction, ClosureState, RequestChannel
from closure.exceptions import BlockedBy, StaleDecision, TransitionRefused, UnknownRequest
from closure.models import ClosureRequest
from closure.policy import loader
from tests.closure.scenes import (
    SYSTEM,
    WAIT,
    effects_of,
    events,
    frozen_picture,
    make_request,
    make_run,
    make_submission,
    staff,
)
from tests.factories import make_account
from tests.outbox import messages, opened

pytestmark = pytest.mark.django_db
A, S = ClosureAction, ClosureState
PROOF = object()


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def submit(request: ClosureRequest, now: datetime, **facts: Any) -> ClosureRequest:
    run = make_run(request, now=now)
    given = {"run": run, "proof": PROOF, "submission": make_submission(now), **facts}
    return lifecycle.apply(request.pk, A.SUBMIT, actor=Actor.customer(request.account), reason="", now=now, **given)


def by_system(request: ClosureRequest, action: ClosureAction, now: datetime, **facts: Any) -> ClosureRequest:
    return lifecycle.apply(request.pk, action, actor=SYSTEM, reason="because", now=now, **facts)


@pytest.mark.row("E04")
def test_submit_freezes_and_ends_every_session(ana: Account, now: datetime) -> None:
    Session.objects.create(
        key_digest=b"k" * 32, kind=SessionKind.CUSTOMER, account_id=ana.pk, created_at=now, expires_at=now
    )
    request = submit(make_request(ana, S.DRAFT, now=now), now)
    ana.refresh_from_db()
    assert (request.state, request.version, ana.status, ana.session_epoch) == (S.COOLING_OFF, 1, "frozen", 1)
    assert not Session.objects.filter(account_id=ana.pk).exists()
    assert effects_of(request) == ["freeze", "revoke_keys"]


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, S.COOLING_OFF),
        ({"review_due": True}, S.IN_REVIEW),
        ({"review_due": True, "wait": 0}, S.IN_REVIEW),
        ({"wait": 0}, S.APPROVED),
    ],
)
@pytest.mark.row("E01")
def test_submit_leads_where_wait_and_review_say(
    facts: dict[str, Any], state: ClosureState, ana: Account, now: datetime
) -> None:
    facts = dict(facts)
    wait = facts.pop("wait", 7)
    submission = make_submission(now, finalizes_after=now + timedelta(days=wait), **facts)
    request = submit(make_request(ana, S.DRAFT, now=now), now, submission=submission)
    assert (request.state, request.finalizes_after) == (state, now + timedelta(days=wait))


@pytest.mark.row("A16")
def test_submit_refuses_what_is_not_clear(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.DRAFT, now=now)
    other = make_request(make_account("bob"), S.DRAFT, now=now)
    runs = [
        None,
        make_run(request, now=now, blockers=("spot.left",)),
        make_run(request, now=now, unknown=True),
        make_run(request, now=now, warnings=("dust.ABC",)),
        make_run(request, now=now - timedelta(minutes=16)),
        make_run(request, now=now, policy_version="another"),
        make_run(other, now=now),
    ]
    before = frozen_picture(request)
    codes = []
    for run in runs:
        with pytest.raises(TransitionRefused) as refused:
            submit(request, now, run=run)
        codes.append(refused.value.code)
        # `submit` itself keeps a clear check, which must not count.
    assert codes == [
        "check_missing",
        "blocked",
        "blocked",
        "acknowledgements_missing",
        "check_missing",
        "blocked",
        "blocked",
    ]
    assert frozen_picture(request) == before


def test_submit_needs_a_proof(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.DRAFT, now=now)
    with pytest.raises(TransitionRefused) as refused:
        submit(request, now, proof=None)
    assert (refused.value.code, ClosureRequest.objects.get().state) == ("verification_required", S.DRAFT)


def test_one_change_is_one_event_of_the_request_and_one_of_the_account(ana: Account, now: datetime) -> None:
    before = set(Event.objects.values_list("id", flat=True))
    submit(make_request(ana, S.DRAFT, now=now), now)
    told = Event.objects.exclude(id__in=before).order_by("id").values_list("action", flat=True)
    assert sorted(told) == ["account.status_changed", "closure.submitted"]
    assert verify()[1] is None


def test_reasons_of_people_go_into_the_erasable_note(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    lifecycle.apply(
        request.pk, A.REJECT, actor=staff(Role.AGENT), reason="Ana Diaz wrote to us", now=now, seen_version=0
    )
    event = Event.objects.get(action="closure.rejected")
    assert (Note.objects.get(event_id=event.pk).text, b"Ana" in bytes(event.body)) == ("Ana Diaz wrote to us", False)


def test_release_holds_withdrawals_and_asks_the_core(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.FINALIZING, now=now)
    done = lifecycle.apply(request.pk, A.REJECT, actor=staff(Role.AGENT), reason="no", now=now, seen_version=0)
    ana.refresh_from_db()
    assert (done.state, done.ended_at, done.end_reason) == (S.REJECTED, now, "rejected")
    assert (ana.status, ana.withdrawals_held_until) == (AccountStatus.ACTIVE, now + timedelta(hours=24))
    assert effects_of(request) == ["unfreeze", "unlock_deposits"]


@pytest.mark.row("J03")
def test_release_never_cuts_a_longer_hold_of_withdrawals(ana: Account, now: datetime) -> None:
    until = now + timedelta(hours=47)
    Account.objects.filter(pk=ana.pk).update(withdrawals_held_until=until)
    request = make_request(ana, S.COOLING_OFF, now=now)
    lifecycle.apply(request.pk, A.REJECT, actor=staff(Role.AGENT), reason="no", now=now, seen_version=0)
    ana.refresh_from_db()
    told = opened(messages(ana, template="closure_rejected")[0]).context["held_until"]
    assert (ana.withdrawals_held_until, told) == (until, until)


def test_approve_leads_to_cooling_off_or_approved(ana: Account, now: datetime) -> None:
    moved = []
    for name, at in (("bob", now), ("eve", now + WAIT)):
        request = make_request(make_account(name), S.IN_REVIEW, now=now)
        run = make_run(request, now=at)
        done = lifecycle.apply(
            request.pk, A.APPROVE, actor=staff(Role.AGENT), reason="fine", now=at, run=run, seen_version=0
        )
        moved.append((done.state, done.reviewed_at))
    assert moved == [(S.COOLING_OFF, now), (S.APPROVED, now + WAIT)]


@pytest.mark.parametrize("action", [A.PROPOSE, A.APPROVE, A.ASK, A.REJECT])
def test_decisions_on_an_old_version_are_stale(action: ClosureAction, ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now, version=3, four_eyes_due=action is A.PROPOSE)
    with pytest.raises(StaleDecision):
        lifecycle.apply(
            request.pk,
            action,
            actor=staff(Role.AGENT),
            reason="fine",
            now=now,
            seen_version=2,
            run=make_run(request, now=now),
        )


@pytest.mark.row("L01")
@pytest.mark.parametrize("action", [A.PROPOSE, A.APPROVE, A.ASK, A.REJECT, A.CANCEL, A.HOLD])
def test_staff_give_a_reason(action: ClosureAction, ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now)
    with pytest.raises(Exception, match="reason") as refused:
        lifecycle.apply(request.pk, action, actor=staff(Role.AGENT), reason=" ", now=now, seen_version=0)
    assert getattr(refused.value, "code", "") == "reason_required"


def test_four_eyes_are_three_people_in_the_database_too(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now)
    sam = staff(Role.AGENT).account_id
    for people in ({"proposed_by": sam, "reviewed_by": sam}, {"reviewed_by": ana.pk, "proposed_by": sam}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClosureRequest.objects.filter(pk=request.pk).update(proposed_at=now, reviewed_at=now, **people)
    assert ClosureRequest.objects.get().reviewed_by is None


def test_dispute_disables_and_restricts(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    done = lifecycle.apply(request.pk, A.DISPUTE, actor=Actor.link(ana.pk), reason="not me", now=now)
    ana.refresh_from_db()
    assert (done.state, done.end_reason, ana.status) == (S.CANCELLED, "disputed", AccountStatus.DISABLED)
    assert [restriction.kind for restriction in ana.restrictions.all()] == ["security_investigation"]


@pytest.mark.row("E05")
@pytest.mark.parametrize("action", [A.HOLD, A.REJECT, A.CANCEL, A.DISPUTE])
def test_nothing_stops_a_sealed_request(action: ClosureAction, ana: Account, now: datetime) -> None:
    request = make_request(ana, S.FINALIZING, now=now, sealed_at=now)
    actor = Actor.link(ana.pk) if action is A.DISPUTE else staff(Role.AGENT)
    before = frozen_picture(request)
    with pytest.raises(TransitionRefused) as refused:
        lifecycle.apply(request.pk, action, actor=actor, reason="stop", now=now, seen_version=0)
    assert (refused.value.code, frozen_picture(request)) == ("sealed", before)


def test_start_returns_the_open_draft_and_refuses_beside_a_live_request(ana: Account, now: datetime) -> None:
    facts: dict[str, Any] = {
        "channel": RequestChannel.WEB,
        "policy": loader.load("standard"),
        "actor": Actor.customer(ana),
        "now": now,
    }
    first = lifecycle.open_draft(ana.pk, **facts)
    assert (lifecycle.open_draft(ana.pk, **facts).pk, events(first)) == (first.pk, ["closure.started"])
    ClosureRequest.objects.filter(pk=first.pk).update(state=S.COOLING_OFF)
    with pytest.raises(TransitionRefused) as refused:
        lifecycle.open_draft(ana.pk, **facts)
    assert refused.value.code == "already_open"


def test_unknown_requests_are_refused(now: datetime) -> None:
    with pytest.raises(UnknownRequest):
        lifecycle.apply(make_account("ana").pk, A.CANCEL, actor=SYSTEM, reason="", now=now)


def test_a_failing_journal_rolls_everything_back(ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    request = make_request(ana, S.DRAFT, now=now)
    make_run(request, now=now)
    before = frozen_picture(request)
    monkeypatch.setattr(journal, "FORMAT", object())  # the event body cannot be written
    with pytest.raises(TypeError), transaction.atomic():
        submit(request, now)
    assert frozen_picture(request) == before


def test_a_change_wakes_the_queue(ana: Account, now: datetime) -> None:
    woken: list[UUID | None] = []

    def waker(request_id: UUID | None) -> None:
        woken.append(request_id)

    request = make_request(ana, S.DRAFT, now=now)
    wake.plug(waker)
    try:
        lifecycle.apply(request.pk, A.DISCARD, actor=Actor.customer(ana), reason="", now=now)
    finally:
        wake.plug(None)
    assert woken == [request.pk]


def test_refusals_are_blocked_by_the_check_they_name(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.DRAFT, now=now)
    with pytest.raises(BlockedBy) as refused:
        submit(request, now, run=make_run(request, now=now, blockers=("spot.left",)), check="the check")
    assert refused.value.check == "the check"


@pytest.mark.row("L02")
def test_staff_cannot_submit_for_a_customer(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.DRAFT, now=now)
    with pytest.raises(NotAllowed, match="We never close it for you"):
        lifecycle.apply(request.pk, A.SUBMIT, actor=staff(Role.LEAD), reason="", now=now)
