"""Codes given by many at once: verify x verify, right ones and wrong ones."""

from datetime import datetime
from functools import partial
from typing import Any

from accounts.enums import Purpose
from accounts.models import Attempt, StepUp, TotpDevice
from accounts.verification import step_up as step_ups
from closure import verification
from tests.closure.racing.people import give_step_ups
from tests.closure.racing.race import Call, Late, Race, dealt
from tests.closure.racing.scenes import Scene, drafts
from tests.factories import totp_code


def verifying(count: int, now: datetime) -> list[Scene]:
    """The verification of a submission is open and no code was given."""
    scenes = drafts(count, now)
    wanted = [(scene.account, verification.digest(scene.request), scene.now) for scene in scenes]
    for scene, row in zip(scenes, give_step_ups(wanted, Purpose.CLOSE_ACCOUNT, passed=False), strict=True):
        scene.facts["step_up"] = row
    return scenes


def _calls(scene: Scene, threads: int) -> list[Call | Late]:
    row, device = scene.facts["step_up"], TotpDevice.objects.get(user=scene.account)
    right = Late(partial(step_ups.answer, row, device.pk, totp_code(scene.account), now=scene.now))
    return dealt(threads, right, right, partial(step_ups.answer, row, device.pk, "000000", now=scene.now))


def _accepted_once(scene: Scene, results: list[Any]) -> str:
    accepted = [each for each in results if isinstance(each, StepUp)]
    row = StepUp.objects.get(pk=scene.facts["step_up"].pk)
    assert len(accepted) == len(row.passed) <= 1
    failures = Attempt.objects.filter(subject=scene.account.pk).values_list("failures", flat=True)
    assert max(failures) <= 5
    return "accepted once" if accepted else "budget spent first"


RACES = (Race(name="verify x verify", stage=verifying, calls=_calls, judge=_accepted_once),)
