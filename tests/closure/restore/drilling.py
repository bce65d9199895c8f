"""One drill: people at points that chance picks, a backup, an end for all of them, the backup restored, the replay."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from accounts.enums import AccountStatus
from accounts.models import Account
from closure.enums import ClosureState
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest
from closure.retention.archive import open_record
from closure.retention.models import ArchiveRecord
from tests.closure.finalization.killing import Kill, killed
from tests.closure.finalization.steps.test_erase import planted
from tests.closure.finalization.test_resume import LATER
from tests.closure.planting import PLANTED, places
from tests.closure.restore.drills import backed_up, remains, replayed
from tests.closure.retention.test_rotation import renew_all

# How somebody stood when the backup was made.
POINTS = ("closed", "in the middle", "draft", "waiting", "not there")
MOST_PEOPLE = 3


@dataclass
class Drill:
    """What one drill found; `lost` is empty when nobody came back and nothing was lost."""

    points: list[str] = field(default_factory=list)
    renewed: bool = False
    lost: list[str] = field(default_factory=list)


def drill(chance: Random, name: str, *, now: datetime, statements: int, folder: Path) -> Drill:
    """Go through one drill; `statements` is how many a closing takes, for kills in its middle."""
    done = Drill(points=sorted(chance.choices(POINTS, k=chance.randint(1, MOST_PEOPLE)), key=POINTS.index))
    people = {f"{name}x{number}": point for number, point in enumerate(done.points)}
    at = now
    requests: dict[str, ClosureRequest] = {}
    for person, point in people.items():
        if point != "not there":
            requests[person] = _brought_to(point, person, now=now, at=at, kill=chance.randint(1, statements))
            at += LATER
    traces = [PLANTED, *(f"{person}@example.test" for person in people)]
    with backed_up(folder):
        for person in people.keys() - requests.keys():
            requests[person] = planted(person, now)
        for request in requests.values():
            _put(request, ClosureState.APPROVED, AccountStatus.FROZEN, only_from=ClosureState.DRAFT)
        finalize_due(now=at)
        if chance.random() < 0.5:
            done.renewed = True
            renew_all(at)
        before = {person: _picture(request, at) for person, request in requests.items()}
    at += timedelta(minutes=chance.randint(1, 3000))
    replayed(at)
    done.lost = [place for place, _trace in places(*traces)]
    done.lost += [person for person, request in requests.items() if _picture_or_nothing(request, at) != before[person]]
    done.lost += [person for person, picture in before.items() if picture["state"] != ClosureState.CLOSED]
    return done


def _brought_to(point: str, person: str, *, now: datetime, at: datetime, kill: int) -> ClosureRequest:
    request = planted(person, now)
    if point == "closed":
        finalize_due(now=at)
    elif point == "in the middle":
        killed(Kill(kill), lambda: finalize_due(now=at))
    elif point == "draft":
        _put(request, ClosureState.DRAFT, AccountStatus.ACTIVE, only_from=ClosureState.APPROVED)
    return request


def _put(request: ClosureRequest, to: ClosureState, status: AccountStatus, *, only_from: ClosureState) -> None:
    """Put a request and its account somewhere, past the rules."""
    if ClosureRequest.objects.filter(pk=request.pk, state=only_from).update(state=to):
        Account.objects.filter(pk=request.account_id).update(status=status)


def _picture(request: ClosureRequest, at: datetime) -> dict[str, Any]:
    records = ArchiveRecord.objects.filter(file_id=request.pk).order_by("record_class", "part")
    return {**remains(request), "archive": [open_record(record.pk, now=at) for record in records]}


def _picture_or_nothing(request: ClosureRequest, at: datetime) -> dict[str, Any] | None:
    return _picture(request, at) if ClosureRequest.objects.filter(pk=request.pk).exists() else None
