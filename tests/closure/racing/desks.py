"""Races for a desk: claim x claim, claim x approve."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from accounts.actors import Actor
from accounts.enums import ActorKind, Role
from accounts.ids import uuid7
from accounts.models import Event
from closure.enums import ClosureState
from closure.exceptions import OnAnotherDesk
from closure.models import ClosureRequest
from closure.operations.desk import claim
from closure.operations.review import approve
from tests.closure.racing.race import FEWER, Call, Late, Race, dealt, winners
from tests.closure.racing.scenes import Scene, waiting

S = ClosureState


def _lead() -> Actor:
    return Actor(kind=ActorKind.STAFF, account_id=uuid7(), roles=frozenset({Role.LEAD}))


def in_review(count: int, now: datetime) -> list[Scene]:
    """Every second one was claimed before; every fourth of them by somebody who is at work on it still."""
    scenes = waiting(count, now, S.IN_REVIEW, review_due=True)
    for number, scene in enumerate(scenes):
        if number % 2:
            until = scene.now + timedelta(minutes=5 if number % 4 == 1 else 0)
            scene.facts["before"] = uuid7()
            ClosureRequest.objects.filter(pk=scene.request.pk).update(desk_by=scene.facts["before"], desk_until=until)
    return scenes


def _events(scene: Scene) -> list[str]:
    told = Event.objects.filter(account_id=scene.account.pk, action__startswith="desk.")
    return list(told.values_list("action", flat=True))


def _claim_calls(scene: Scene, threads: int) -> list[Call | Late]:
    """Nobody takes over: what lies on a desk stays there."""
    return [partial(claim, scene.request.pk, actor=_lead(), now=scene.now) for _each in range(threads)]


def _claimed_once(scene: Scene, results: list[Any]) -> str:
    won = winners(results)
    is_free = scene.facts.get("before") != scene.request.desk_by
    assert (len(won), len(_events(scene))) == (int(is_free), int(is_free))
    assert [type(each) for each in results if isinstance(each, Exception)] == [OnAnotherDesk] * (
        len(results) - len(won)
    )
    assert [each.desk_by for each in won] == [scene.request.desk_by] * is_free
    return "claimed once" if is_free else "stayed"


def _decide_calls(scene: Scene, threads: int) -> list[Call | Late]:
    decided = partial(_approve, scene, _lead())
    return dealt(threads, decided, *[Late(partial(claim, scene.request.pk, actor=_lead(), now=scene.now))] * 3)


def _approve(scene: Scene, lead: Actor) -> ClosureRequest:
    seen = ClosureRequest.objects.values_list("version", flat=True).get(pk=scene.request.pk)
    return approve(scene.request.pk, actor=lead, reason="looked", seen_version=seen, now=scene.now)


def _decided_or_claimed(scene: Scene, results: list[Any]) -> str:
    """Both are written with the row locked, so the journal has their order: what was claimed first is not decided."""
    ours = Event.objects.filter(account_id=scene.account.pk, action__in=["closure.approved", "desk.claimed"])
    told = list(ours.order_by("id").values_list("action", flat=True))
    decided = scene.request.state == S.APPROVED
    assert decided == (told[:1] == ["closure.approved"])
    assert told.count("closure.approved") == int(decided)
    return "decided first" if decided else "claimed first" if told else "stayed"


RACES = (
    Race(name="claim x claim", stage=in_review, calls=_claim_calls, judge=_claimed_once, rows=("L06",)),
    Race(name="claim x approve", runs=FEWER, stage=in_review, calls=_decide_calls, judge=_decided_or_claimed),
)
