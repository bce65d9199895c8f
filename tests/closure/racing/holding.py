"""Races of legal holds: hold x finalize, hold x submit, lift x resume.

Under a hold nothing comes nearer to the end (invariant 19, asked of the journal after every run); lifted by two,
everything goes on by itself.
"""

from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from accounts.exceptions import PortalError
from accounts.models import Account
from closure import effects
from closure.enums import ClosureState, HeldReason
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest
from closure.operations.watch import look_at
from closure.retention.models import LegalHold
from tests.closure.racing.finalizing import LATER, due, finalization, settle
from tests.closure.racing.race import FEWER, Call, Late, Race, dealt, winners
from tests.closure.racing.scenes import Scene
from tests.closure.racing.submitting import ready, submission
from tests.holding import lift, place

S = ClosureState


def hold(scene: Scene) -> LegalHold:
    """Place a hold, as compliance may at any moment."""
    return place(scene.account.pk, now=scene.now)


def standing(scene: Scene) -> list[LegalHold]:
    """Return the holds of the account that stand."""
    return list(LegalHold.objects.filter(account_id=scene.account.pk, lifted_at=None))


def lift_all(scene: Scene) -> None:
    """Lift what stands, by two people each; what another thread lifts meanwhile is lifted."""
    for each in standing(scene):
        with suppress(PortalError):
            lift(each, now=scene.now)


def _finalize_calls(scene: Scene, threads: int) -> list[Call | Late]:
    # A few holds are enough to come in between; each is lifted by two people afterwards.
    finalizing = partial(finalization, scene)
    return dealt(threads, finalizing, Late(partial(hold, scene)), finalizing, finalizing)


def _held_or_closed(scene: Scene, results: list[Any]) -> str:
    """Whoever comes later, nobody closes or erases under a hold; lifted, it goes on to its end."""
    finalize_due(now=scene.now + LATER)
    # What ends something for good at the core waits.
    effects.perform_for(scene.request.pk, now=scene.now + LATER)
    scene.request.refresh_from_db()
    scene.account.refresh_from_db()
    before, ended = scene.request, (scene.request.state, scene.request.parked_at is not None)
    if before.state == S.CLOSED:
        return "closed before"
    assert ended in {(S.HELD, False), (S.FINALIZING, True), (S.APPROVED, False), (S.COOLING_OFF, False)}
    assert scene.account.status == "frozen"
    # Before sealing nothing of the person is touched, whatever was under way.
    assert before.sealed_at is not None or scene.account.email is not None
    lift_all(scene)
    _go_on(scene)
    assert scene.request.state == S.CLOSED
    return {S.HELD: "held, then closed", S.FINALIZING: "parked, then closed"}.get(S(ended[0]), "waited, then closed")


def _go_on(scene: Scene) -> None:
    """Let the worker look, as it does each few minutes."""
    request = ClosureRequest.objects.select_related("account").get(pk=scene.request.pk)
    if request.state == S.HELD:
        assert look_at(request, now=scene.now + LATER) == "resumed"
    scene.now += LATER
    settle(scene)


def _submit_calls(scene: Scene, threads: int) -> list[Call | Late]:
    return dealt(threads, partial(submission, scene), Late(partial(hold, scene)))


def _held_or_refused(scene: Scene, results: list[Any]) -> str:
    """What was submitted before the hold is held by the next look; what comes after it is refused."""
    account = Account.objects.get(pk=scene.account.pk)
    if not winners(results):
        assert (scene.request.state, account.status) == (S.DRAFT, "active")
        return "refused"
    assert (len(winners(results)), account.status) == (1, "frozen")
    look_at(ClosureRequest.objects.select_related("account").get(pk=scene.request.pk), now=scene.now)
    scene.request.refresh_from_db()
    assert (scene.request.state, scene.request.held_reasons) == (S.HELD, ["legal"])
    return "submitted, then held"


def held(count: int, now: datetime) -> list[Scene]:
    """The wait is over, and a hold stopped it."""
    scenes = due(count, now)
    for scene in scenes:
        hold(scene)
        look(scene)
    return scenes


def look(scene: Scene) -> str | None:
    """Look at the request as the worker does."""
    return look_at(ClosureRequest.objects.select_related("account").get(pk=scene.request.pk), now=scene.now)


def _lift_calls(scene: Scene, threads: int) -> list[Call | Late]:
    more = Late(partial(hold, scene))
    return dealt(threads, partial(look, scene), Late(partial(lift_all, scene)), partial(look, scene), more)


def _resumed_or_held(scene: Scene, results: list[Any]) -> str:
    """It resumes at most between two holds, and what stands at last holds it again."""
    resumed = results.count("resumed")
    if standing(scene):
        if scene.request.state != S.HELD:
            look(scene)
        scene.request.refresh_from_db()
        assert (scene.request.state, HeldReason.LEGAL in scene.request.held_reasons) == (S.HELD, True)
        return "held again" if resumed else "still held"
    if scene.request.state == S.HELD:
        assert look(scene) == "resumed"
    return "resumed"


RACES = (
    Race(name="hold x finalize", runs=FEWER, stage=due, calls=_finalize_calls, judge=_held_or_closed, rows=("H05",)),
    Race(
        name="hold x submit", runs=FEWER, stage=ready, calls=_submit_calls, judge=_held_or_refused, rows=("H05", "A16")
    ),
    Race(name="lift x resume", runs=FEWER, stage=held, calls=_lift_calls, judge=_resumed_or_held, rows=("H05",)),
)
