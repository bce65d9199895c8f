"""The time for exports is over (B11): files go before anything is sealed, photos too, and sessions that ask for one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from accounts.enums import SessionKind
from accounts.models import Session
from closure.evidence import upkeep as evidence
from closure.exports import upkeep
from closure.finalization.outcomes import Outcome
from closure.finalization.plan import FinalStep
from closure.finalization.steps.step import Step, all_done
from closure.models import ClosureRequest


def run(requests: Sequence[ClosureRequest], now: datetime) -> Mapping[UUID, Outcome]:
    """End files, and what could ask for one. Who is looking keeps looking: exports ask for the request's state."""
    owners = [request.account_id for request in requests]
    upkeep.purge(owners, now=now)
    # Photos are never archived: what was decided on them is in the journal.
    evidence.purge(owners, now=now)
    Session.objects.filter(account_id__in=owners).exclude(kind=SessionKind.STATUS).delete()
    return all_done(requests)


STEP = Step(name=FinalStep.EXPORT_CLOSES, run=run, local=True)
