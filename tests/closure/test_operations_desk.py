"""Claims, take-overs, giving back and assigning: whose desk it is, and what that stops."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.enums import Role
from accounts.exceptions import NotAllowed, SecondPersonRequired
from accounts.ids import uuid7
from accounts.models import Account, Event
from closure import desk, queries
from closure.enums import ClosureAction, ClosureState
from closure.exceptions import OnAnotherDesk, TransitionRefused, UnknownRequest
from closure.lifecycle import apply
from closure.models import ClosureRequest
from closure.operations import review
from closure.operations.desk import assign, claim, deciders, release
from tests.closure.scenes import make_request
from tests.console import REASON, in_review
from tests.factories import make_account, make_staff

pytestmark = pytest.mark.django_db
QUARTER = timedelta(minutes=15)
S = ClosureState


@pytest.fixture
def sam() -> Actor:
    return Actor.staff(make_staff("sam"))


@pytest.fixture
def ben() -> Actor:
    return Actor.staff(make_staff("ben"))


@pytest.fixture
def lea() -> Actor:
    return Actor.staff(make_staff("lea", Role.LEAD))


def told(request: ClosureRequest) -> list[tuple[str, str, Any]]:
    """Return the events of its desk: what, by whom, and what they say beside the request."""
    events = Event.objects.filter(account_id=request.account_id, action__startswith="desk.").order_by("id")
    said = [(event.action, event.actor, json.loads(bytes(event.body))["data"]) for event in events]
    assert {data.pop("closure") for _action, _actor, data in said} <= {str(request.pk)}
    return said


def row(request: ClosureRequest) -> tuple[Any, Any, Any, int]:
    """Return what the database has of its desk, and its version."""
    return ClosureRequest.objects.values_list("desk_by", "desk_until", "assigned_to", "version").get(pk=request.pk)


def test_claim_is_a_quarter_of_an_hour_and_one_event(now: datetime, sam: Actor, ben: Actor) -> None:
    request = in_review(now=now)
    claim(request.pk, actor=sam, now=now)
    assert row(request) == (sam.account_id, now + QUARTER, None, 0)
    with pytest.raises(OnAnotherDesk) as refused:
        claim(request.pk, actor=ben, now=now + QUARTER - timedelta(microseconds=1))
    assert (refused.value.who, refused.value.until) == ("sam@staff.example.test", now + QUARTER)
    assert told(request) == [("desk.claimed", sam.label, {"until": (now + QUARTER).isoformat()})]


def test_claim_ends_by_itself(now: datetime, sam: Actor, ben: Actor) -> None:
    request = in_review(now=now)
    claim(request.pk, actor=sam, now=now)
    claim(request.pk, actor=ben, now=now + QUARTER)
    assert row(request)[:2] == (ben.account_id, now + QUARTER * 2)
    assert [(action, actor) for action, actor, _data in told(request)] == [
        ("desk.claimed", sam.label),
        ("desk.claimed", ben.label),
    ]


def test_claim_again_is_longer(now: datetime, sam: Actor) -> None:
    request = in_review(now=now)
    for minutes in (0, 10):
        claim(request.pk, actor=sam, now=now + timedelta(minutes=minutes))
    assert row(request)[:2] == (sam.account_id, now + timedelta(minutes=25))


@pytest.mark.row("L06")
def test_only_a_lead_takes_over_and_the_journal_says_from_whom(
    now: datetime, sam: Actor, ben: Actor, lea: Actor
) -> None:
    request = in_review(now=now)
    claim(request.pk, actor=sam, now=now)
    with pytest.raises(NotAllowed):
        claim(request.pk, actor=ben, now=now, take_over=True)
    with pytest.raises(OnAnotherDesk):
        claim(request.pk, actor=lea, now=now)
    claim(request.pk, actor=lea, now=now, take_over=True)
    assert row(request)[:2] == (lea.account_id, now + QUARTER)
    said = {"until": (now + QUARTER).isoformat(), "from": str(sam.account_id)}
    assert told(request)[1:] == [("desk.taken_over", lea.label, said)]


def test_nobody_claims_without_a_role_that_decides_nor_their_own(now: datetime, sam: Actor) -> None:
    request = in_review(now=now)
    auditor = Actor.staff(make_staff("ada", Role.AUDITOR))
    for stranger in (auditor, Actor.customer(request.account), Actor.system("tests")):
        with pytest.raises(NotAllowed):
            claim(request.pk, actor=stranger, now=now)
    ClosureRequest.objects.filter(pk=request.pk).update(account_id=sam.account_id)
    with pytest.raises(SecondPersonRequired):
        claim(request.pk, actor=sam, now=now)
    with pytest.raises(UnknownRequest):
        claim(uuid7(), actor=sam, now=now)
    assert row(request)[:2] == (None, None)


@pytest.mark.parametrize("state", [S.REJECTED, S.FINALIZING])
def test_nobody_claims_what_is_over(now: datetime, sam: Actor, state: ClosureState) -> None:
    request = make_request(make_account(), state, now=now, sealed_at=now if state is S.FINALIZING else None)
    for call in (claim, release):
        with pytest.raises(TransitionRefused):
            call(request.pk, actor=sam, now=now)
    assert told(request) == []


def test_release_frees_it_at_once(now: datetime, sam: Actor, ben: Actor) -> None:
    request = in_review(now=now)
    with pytest.raises(TransitionRefused, match="Nobody"):
        release(request.pk, actor=sam, now=now)
    claim(request.pk, actor=sam, now=now)
    with pytest.raises(OnAnotherDesk):
        release(request.pk, actor=ben, now=now)
    release(request.pk, actor=sam, now=now)
    assert row(request)[:2] == (None, None)
    assert told(request)[1:] == [("desk.released", sam.label, {})]


Decide = Callable[..., ClosureRequest]


@pytest.mark.row("L06")
@pytest.mark.parametrize("decide", [review.approve, review.ask, review.reject])
def test_what_lies_on_another_desk_is_not_decided(now: datetime, sam: Actor, lea: Actor, decide: Decide) -> None:
    request = in_review(now=now)
    claim(request.pk, actor=sam, now=now)
    before = row(request)
    with pytest.raises(OnAnotherDesk):
        decide(request.pk, actor=lea, reason=REASON, seen_version=0, now=now)
    assert row(request) == before
    decide(request.pk, actor=sam, reason=REASON, seen_version=0, now=now)
    assert row(request)[:2] == (None, None)


def test_lifecycle_refuses_by_itself_and_lets_owners_and_the_system_pass(now: datetime, sam: Actor, lea: Actor) -> None:
    disputed, sweep = in_review("ana", now=now), in_review("bob", now=now, release_at=now)
    for request in (disputed, sweep):
        claim(request.pk, actor=sam, now=now)
        with pytest.raises(OnAnotherDesk):
            apply(request.pk, ClosureAction.ASK, actor=lea, reason=REASON, seen_version=0, now=now)
    apply(disputed.pk, ClosureAction.DISPUTE, actor=Actor.link(disputed.account_id), reason="", now=now)
    apply(sweep.pk, ClosureAction.TIME_OUT, actor=Actor.system("tests"), reason="", now=now)
    assert [row(request) for request in (disputed, sweep)] == [(None, None, None, 1)] * 2


def test_decision_waits_for_no_desk_whose_time_is_over(now: datetime, sam: Actor, lea: Actor) -> None:
    request = in_review(now=now)
    claim(request.pk, actor=sam, now=now - QUARTER)
    assert review.reject(request.pk, actor=lea, reason=REASON, seen_version=0, now=now).state == S.REJECTED


def test_deciding_renews_a_claim_and_only_its_own(now: datetime, sam: Actor) -> None:
    request = in_review(now=now)
    claim(request.pk, actor=sam, now=now)
    later = now + timedelta(minutes=14)
    with pytest.raises(Exception, match="reason"):
        review.reject(request.pk, actor=sam, reason=" ", seen_version=0, now=later)
    assert row(request)[:2] == (sam.account_id, later + QUARTER)
    assert len(told(request)) == 1


@pytest.mark.row("L06")
def test_proposal_leaves_the_desk_for_the_second_person(now: datetime, sam: Actor, lea: Actor) -> None:
    request = in_review(now=now, four_eyes=True)
    claim(request.pk, actor=sam, now=now)
    assign([request.pk], to=sam.account_id, actor=lea, now=now)
    review.approve(request.pk, actor=sam, reason=REASON, seen_version=0, now=now)
    assert row(request) == (None, None, None, 1)
    assert review.approve(request.pk, actor=lea, reason=REASON, seen_version=1, now=now).state == S.COOLING_OFF


def test_assigning_changes_hands_and_nothing_else(now: datetime, sam: Actor, lea: Actor) -> None:
    made = [in_review(name, now=now) for name in ("ana", "bob", "cid")]
    over = make_request(make_account("dan"), S.REJECTED, now=now)
    keys = [request.pk for request in (*made, over)]
    assert assign(keys, to=sam.account_id, actor=lea, now=now) == 3
    assert assign(keys[:1], to=sam.account_id, actor=lea, now=now) == 0
    assert assign(keys[:1], to=None, actor=lea, now=now) == 1
    assert [row(request) for request in (*made, over)] == [
        (None, None, None, 0),
        (None, None, sam.account_id, 0),
        (None, None, sam.account_id, 0),
        (None, None, None, 0),
    ]
    assert told(made[0]) == [
        ("desk.assigned", lea.label, {"to": str(sam.account_id)}),
        ("desk.assigned", lea.label, {"to": None}),
    ]


def test_only_leads_assign_and_only_to_who_decides(now: datetime, sam: Actor, lea: Actor) -> None:
    request = in_review(now=now)
    auditor = make_staff("ada", Role.AUDITOR)
    for actor, to in ((sam, sam.account_id), (lea, auditor.pk), (lea, request.account_id)):
        with pytest.raises(NotAllowed):
            assign([request.pk], to=to, actor=actor, now=now)
    assert told(request) == []
    assert deciders() == [(lea.account_id, "lea@staff.example.test"), (sam.account_id, "sam@staff.example.test")]


def test_nobody_is_assigned_their_own(now: datetime, sam: Actor, lea: Actor) -> None:
    request = in_review(now=now)
    ClosureRequest.objects.filter(pk=request.pk).update(account_id=sam.account_id)
    assert assign([request.pk], to=sam.account_id, actor=lea, now=now) == 0
    for column in (
        {"assigned_to": sam.account_id},
        {"desk_by": sam.account_id, "desk_until": now},
        {"desk_until": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClosureRequest.objects.filter(pk=request.pk).update(**column)


def test_unclaimed_and_mine(now: datetime, sam: Actor, ben: Actor, lea: Actor) -> None:
    free, claimed, past, given = (in_review(name, now=now) for name in ("ana", "bob", "cid", "dan"))
    claim(claimed.pk, actor=sam, now=now)
    claim(past.pk, actor=sam, now=now - QUARTER)
    assign([given.pk], to=sam.account_id, actor=lea, now=now)
    make_request(make_account("eve"), S.HELD, now=now)
    assert list(queries.unclaimed(now)) == [free, past]
    mine = ClosureRequest.objects.filter(desk.of(sam.account_id or uuid7(), now)).order_by("id")
    assert list(mine) == [claimed, given]
    assert not ClosureRequest.objects.filter(desk.of(ben.account_id or uuid7(), now)).exists()


def test_names_of_people_who_are_gone(now: datetime) -> None:
    sam, gone = make_staff("sam"), uuid7()
    Account.objects.filter(pk=sam.pk).update(email=None)
    assert desk.names([sam.pk, gone]) == {sam.pk: sam.short_id, gone: f"…{gone.hex[-6:]}"}
