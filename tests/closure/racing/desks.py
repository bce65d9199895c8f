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
from tests.closure.racing.race import Call, Late, Race, dealt, winners
from tests.closure.racing.scenes import Scene, waiting

S = ClosureState


def _lead() -> Actor:
    return Actor(kind=ActorKind.STAFF, account_id=uuid7(), roles=frozenset({Role.LEAD}))


def in_review(count: int, now: datetime) -> list[Scene]:
    """Every second one was claimed before; every fourth of them by somebody who is at work on it still."""
    scenes = waiting(count, now, S.IN_REVIEW, review_due=True)
    for number, scene in enumerate(scenes):
        scene.facts["begins"] = len(_events(scene))
        if number % 2:
            until = scene.now + timedelta(minutes=5 if number % 4 == 1 else 0)
            scene.facts["before"] = uuid7()
            ClosureRequest.objects.filter(pk=scene.request.pk).update(desk_by=scene.facts["before"], desk_until=until)
    return scenes


def _events(scene: Scene) -> list[str]:
    told = Event.objects.filter(account_id=scene.account.pk, action__startswith="desk.")
    return list(told.values_list("action", flat=True))


def _claim_calls(scene: Scene, threads: int) -> list[Call | Late]:
    """Everybody is another lead, who takes it over where it lies on a desk."""
    return [partial(claim, scene.request.pk, actor=_lead(), now=scene.now, take_over=True) for _each in range(threads)]


def _claimed_one_after_the_other(scene: Scene, results: list[Any]) -> str:
    """Each who got it has an event; none got it twice, and the last one has it."""
    won = winners(results)
    holders = [each.desk_by for each in won]
    assert len(_events(scene)) == len(won) >= 1
    assert scene.request.desk_by in holders
    assert (len(set(holders)), scene.request.state, scene.request.version) == (len(won), S.IN_REVIEW, 1)
    return "claimed"


def _alone_calls(scene: Scene, threads: int) -> list[Call | Late]:
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
    """Who decided did so before anybody had claimed it: the first event says which of them came first."""
    events = Event.objects.filter(account_id=scene.account.pk).exclude(action__startswith="account.")
    told = list(events.order_by("id").values_list("action", flat=True))
    first = next((action for action in told if action in {"closure.approved", "desk.claimed"}), "")
    decided = scene.request.state == S.APPROVED
    assert decided == ("closure.approved" in told)
    return f"{first or 'stayed'}, {'decided' if decided else 'not decided'}"


RACES = (
    Race(name="claim x claim", stage=in_review, calls=_alone_calls, judge=_claimed_once, rows=("L06",)),
    Race(name="take over x take over", stage=in_review, calls=_claim_calls, judge=_claimed_one_after_the_other),
    Race(name="claim x approve", stage=in_review, calls=_decide_calls, judge=_decided_or_claimed),
)
