"""Requests by the hundred in the state that a race begins in, with the journal that would have led there.

Each scene has its own time, an hour after the one before: what is due in one is not yet due in another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import journal
from accounts.actors import Actor
from accounts.enums import AccountStatus, Action, Purpose
from accounts.journal import Entry
from accounts.models import Account
from closure import verification
from closure.enums import ClosureAction, ClosureState, Moment, RequestChannel, Verdict
from closure.lifecycle import pin
from closure.models import CheckRun, ClosureRequest
from closure.notes import NOTE_CODES
from closure.policy import loader
from tests.closure.racing.people import give_step_ups, make_people

S = ClosureState
TESTS = Actor.system("tests")
APART = timedelta(hours=1)
WAITED = timedelta(days=7)


@dataclass(kw_only=True)
class Scene:
    """One customer and one request at its own time; `facts` is what the race keeps in between."""

    account: Account
    request: ClosureRequest
    now: datetime
    facts: dict[str, Any] = field(default_factory=dict)


def drafts(count: int, now: datetime, **fields: Any) -> list[Scene]:
    """Make drafts of which only the last word is left, under the policy in force."""
    policy = pin(loader.current())
    people = make_people(count, since=now - APART * (count + 1), **fields)
    scenes = [
        Scene(account=person, request=_draft(person, at, policy), now=at)
        for person, at in zip(people, _times(count, now), strict=True)
    ]
    ClosureRequest.objects.bulk_create(scene.request for scene in scenes)
    _tell(scenes, "closure.started", "draft")
    return scenes


def waiting(count: int, now: datetime, state: ClosureState, **columns: Any) -> list[Scene]:
    """Make requests that were submitted a week ago and stand in `state`, due at the scene's time."""
    scenes = drafts(count, now)
    _submit(scenes, S.IN_REVIEW if state is S.IN_REVIEW else S.COOLING_OFF, columns)
    if state is S.APPROVED:
        _tell(scenes, "closure.elapsed", "approved")
    return scenes


def prove(scenes: Sequence[Scene], action: ClosureAction, purpose: Purpose, *, used: bool = False) -> None:
    """Give each scene's owner a complete verification of one action; its key is a fact of the scene."""
    wanted = [(scene.account, verification.digest(scene.request, action), scene.now) for scene in scenes]
    for scene, row in zip(scenes, give_step_ups(wanted, purpose, used=used), strict=True):
        scene.facts[purpose] = row.pk


def _times(count: int, now: datetime) -> list[datetime]:
    return [now - APART * (count - number) for number in range(count)]


def _draft(account: Account, at: datetime, policy: dict[str, Any]) -> ClosureRequest:
    return ClosureRequest(
        account=account,
        channel=RequestChannel.WEB,
        created_at=at,
        touched_at=at,
        progress={"export": at.isoformat()},
        acknowledged=dict.fromkeys(NOTE_CODES, at.isoformat()),
        **policy,
    )


def _submit(scenes: Sequence[Scene], to: ClosureState, columns: dict[str, Any]) -> None:
    """Freeze the accounts and move the requests, as if their owners had walked all the way."""
    runs = [_clear(scene) for scene in scenes]
    CheckRun.objects.bulk_create(runs)
    prove(scenes, ClosureAction.SUBMIT, Purpose.CLOSE_ACCOUNT, used=True)
    dates = ["submitted_at", "finalizes_after", "finalizes_before", "release_at"]
    for scene in scenes:
        submitted = scene.now - WAITED
        times = [submitted, scene.now, scene.now + timedelta(days=1), submitted + timedelta(days=30)]
        for name, value in [*zip(dates, times, strict=True), *columns.items()]:
            setattr(scene.request, name, value)
    ClosureRequest.objects.bulk_update([scene.request for scene in scenes], [*dates, *columns])
    _tell(scenes, "closure.submitted", to.value, checks=[str(run.pk) for run in runs])
    accounts = [scene.account for scene in scenes]
    frozen = {"status": AccountStatus.FROZEN, "session_epoch": 1}
    Account.objects.filter(pk__in=[account.pk for account in accounts]).update(**frozen)
    said = {"from": "active", "to": "frozen", "reason": "closure_submitted"}
    entries = [Entry(action=Action.STATUS_CHANGED, account=account, data=said) for account in accounts]
    with transaction.atomic():
        journal.record_many(entries, actor=TESTS, at=scenes[0].now - WAITED)
    for account in accounts:
        account.status, account.session_epoch = AccountStatus.FROZEN, 1


def _clear(scene: Scene) -> CheckRun:
    return CheckRun(
        account=scene.account,
        request=scene.request,
        moment=Moment.SUBMIT,
        verdict=Verdict.CLEAR,
        policy_version=scene.request.policy_version,
        snapshot_at=scene.now - WAITED,
        withdrawn_usdt="0",
        result={"blockers": [], "warnings": []},
        created_at=scene.now - WAITED,
    )


def _tell(scenes: Sequence[Scene], event: str, to: str, *, checks: Sequence[str] = ()) -> None:
    """Write what led to a state into the journal, and the state itself."""
    entries = []
    for number, scene in enumerate(scenes):
        is_new = event == "closure.started"
        data = {"request": str(scene.request.pk), "from": None if is_new else scene.request.state, "to": to}
        scene.request.version += 0 if is_new else 1
        scene.request.state = to
        said = {**data, "version": scene.request.version, **({"check": checks[number]} if checks else {})}
        entries.append(Entry(action=event, account=scene.account, data=said))
    ClosureRequest.objects.bulk_update([scene.request for scene in scenes], ["state", "version"])
    with transaction.atomic():
        journal.record_many(entries, actor=TESTS, at=scenes[0].now)
