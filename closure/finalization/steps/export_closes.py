"""The time for exports is over (B11): the sessions that could still ask for one end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from accounts.enums import SessionKind
from accounts.models import Session
from closure.finalization.outcomes import Outcome
from closure.finalization.plan import FinalStep
from closure.finalization.steps.step import Step, all_done
from closure.models import ClosureRequest


def run(requests: Sequence[ClosureRequest], _now: datetime) -> Mapping[UUID, Outcome]:
    """End what could still ask for a file. Who is looking at the request keeps looking: exports ask for its state."""
    owners = [request.account_id for request in requests]
    Session.objects.filter(account_id__in=owners).exclude(kind=SessionKind.STATUS).delete()
    return all_done(requests)


STEP = Step(name=FinalStep.EXPORT_CLOSES, run=run, local=True)
