"""Races around a review: approve x approve, approve x cancel."""

from datetime import datetime
from functools import partial
from typing import Any

from accounts.actors import Actor
from accounts.enums import AccountStatus, ActorKind, Purpose, Role
from accounts.ids import uuid7
from closure.enums import ClosureAction, ClosureState
from closure.models import ClosureRequest
from closure.operations.review import approve
from tests.closure.racing.race import Call, Late, Race, dealt, winners
from tests.closure.racing.scenes import Scene, prove, waiting
from tests.closure.racing.submitting import cancellation

S = ClosureState
PROPOSED = {"review_due": True, "four_eyes_due": True}


def in_review(count: int, now: datetime) -> list[Scene]:
    """Half of them need two people."""
    half = count // 2
    scenes = waiting(count - half, now, S.IN_REVIEW, review_due=True)
    scenes += waiting(half, now, S.IN_REVIEW, **PROPOSED) if half else []
    prove(scenes, ClosureAction.CANCEL, Purpose.CANCEL_CLOSURE)
    return scenes


def approval(scene: Scene) -> ClosureRequest:
    """Approve as a lead whom nobody met before, on what the request is like now."""
    lead = Actor(kind=ActorKind.STAFF, account_id=uuid7(), roles=frozenset({Role.LEAD}))
    seen = ClosureRequest.objects.values_list("version", flat=True).get(pk=scene.request.pk)
    return approve(scene.request.pk, actor=lead, reason="looked", seen_version=seen, now=scene.now)


def _approve_calls(scene: Scene, threads: int) -> list[Call | Late]:
    return dealt(threads, partial(approval, scene))


def _approved_once(scene: Scene, results: list[Any]) -> str:
    won, request = winners(results), scene.request
    proposed = int(request.proposed_by is not None)
    assert proposed == request.four_eyes_due
    assert len(won) == proposed + (request.reviewed_by is not None)
    assert request.state == (S.APPROVED if request.reviewed_by else S.IN_REVIEW)
    return f"{'proposed' * proposed} {request.state}".strip()


def _cancel_calls(scene: Scene, threads: int) -> list[Call | Late]:
    return dealt(threads, partial(approval, scene), *[Late(partial(cancellation, scene))] * 3)


def _cancelled_once(scene: Scene, results: list[Any]) -> str:
    scene.account.refresh_from_db()
    assert (scene.request.state, scene.account.status) == (S.CANCELLED, AccountStatus.ACTIVE)
    return f"cancelled after {len(winners(results)) - 1} decisions"


RACES = (
    Race(name="approve x approve", stage=in_review, calls=_approve_calls, judge=_approved_once),
    Race(name="approve x cancel", stage=in_review, calls=_cancel_calls, judge=_cancelled_once),
)
