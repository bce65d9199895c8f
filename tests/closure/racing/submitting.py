"""Races around the last word: submit x submit, submit x cancel, freeze x sign-in."""

from datetime import datetime
from functools import partial
from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from accounts import sign_in
from accounts.actors import Actor
from accounts.enums import AccountStatus, Purpose
from accounts.models import Account, Session, SignIn, TotpDevice
from accounts.verification import sign_in as ceremony
from closure.enums import ClosureAction, ClosureState, RequestChannel
from closure.exchange.ledger.books import state_of
from closure.models import ClosureRequest
from closure.operations.hold import cancel
from closure.operations.start import discard
from closure.operations.submit import submit
from tests.closure.racing.people import give_step_ups
from tests.closure.racing.race import Call, Late, Race, dealt, winners
from tests.closure.racing.scenes import Scene, drafts, prove
from tests.factories import PASSWORD

S = ClosureState


def ready(count: int, now: datetime) -> list[Scene]:
    """Only the last word is left; a fresh code for cancelling was given too."""
    scenes = drafts(count, now)
    prove(scenes, ClosureAction.SUBMIT, Purpose.CLOSE_ACCOUNT)
    prove(scenes, ClosureAction.CANCEL, Purpose.CANCEL_CLOSURE)
    return scenes


def submission(scene: Scene) -> ClosureRequest:
    """Submit as the owner."""
    return submit(
        scene.request.pk,
        step_up_id=scene.facts[Purpose.CLOSE_ACCOUNT],
        password=PASSWORD,
        channel=RequestChannel.WEB,
        actor=Actor.customer(scene.account),
        now=scene.now,
    )


def cancellation(scene: Scene) -> ClosureRequest:
    """Cancel by the status session, with the code that was given."""
    given = {"step_up_id": scene.facts[Purpose.CANCEL_CLOSURE], "reason": "", "now": scene.now}
    return cancel(scene.request.pk, actor=Actor.status_session(scene.account.pk), **given)


def _submit_calls(scene: Scene, threads: int) -> list[Call | Late]:
    return dealt(threads, partial(submission, scene))


def _one_submission(scene: Scene, results: list[Any]) -> str:
    assert len(winners(results)) == 1
    assert (scene.request.state, state_of(scene.account.pk).frozen) == (S.COOLING_OFF, True)
    return "submitted once"


def _cancel_calls(scene: Scene, threads: int) -> list[Call | Late]:
    drop = partial(discard, scene.request.pk, actor=Actor.customer(scene.account), now=scene.now)
    cancelled = Late(partial(cancellation, scene))
    return dealt(threads, partial(submission, scene), cancelled, Late(drop), cancelled)


def _submitted_or_not(scene: Scene, results: list[Any]) -> str:
    won, request = winners(results), scene.request
    scene.account.refresh_from_db()
    frozen = scene.account.status == AccountStatus.FROZEN
    assert (frozen, len(won)) == (request.state == S.COOLING_OFF, 1 + (request.end_reason == "cancelled_by_customer"))
    return request.end_reason or "submitted"


def signing_in(count: int, now: datetime) -> list[Scene]:
    """Besides, the code of a sign-in was given: only the session is to be opened."""
    scenes = ready(count, now)
    wanted = [(scene.account, ceremony.digest(scene.account), scene.now) for scene in scenes]
    give_step_ups(wanted, Purpose.SIGN_IN)
    return scenes


def _open_session(scene: Scene, device: TotpDevice) -> SignIn:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    return sign_in.complete(request, Account.objects.get(pk=scene.account.pk), device, now=scene.now)


def _give_password(scene: Scene) -> int:
    given = {"identifier": str(scene.account.email), "password": PASSWORD}
    return Client().post("/sign-in/", given, secure=True).status_code


def _sign_in_calls(scene: Scene, threads: int) -> list[Call | Late]:
    device = TotpDevice.objects.get(user=scene.account)
    opening, password = Late(partial(_open_session, scene, device)), Late(partial(_give_password, scene))
    return dealt(threads, partial(submission, scene), *[opening] * 4, *[password] * 3)


def _nobody_signed_in(scene: Scene, results: list[Any]) -> str:
    assert {each for each in results if isinstance(each, int)} <= {302, 422, 429}
    signed_in = [each for each in results if isinstance(each, SignIn)]
    assert (len(winners(results)), Session.objects.filter(account_id=scene.account.pk).count()) == (1, 0)
    return "signed in before" if signed_in else "refused"


RACES = (
    Race(name="submit x submit", stage=ready, calls=_submit_calls, judge=_one_submission),
    Race(name="submit x cancel", stage=ready, calls=_cancel_calls, judge=_submitted_or_not, rows=("E03",)),
    Race(name="freeze x sign-in", stage=signing_in, calls=_sign_in_calls, judge=_nobody_signed_in, rows=("E02", "M01")),
)
