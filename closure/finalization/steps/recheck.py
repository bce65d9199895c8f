"""Checks the account once more, after deposits were locked (A19): whatever is new since submission stops it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from closure import exchange, notes
from closure.causes import causes_of
from closure.enums import HeldReason, Moment, Verdict
from closure.finalization.outcomes import Done, Hold, Outcome, Retry
from closure.finalization.plan import FinalStep
from closure.finalization.steps.step import Step
from closure.models import CheckRun, ClosureRequest
from closure.policy import loader
from closure.preflight import runner


def run(requests: Sequence[ClosureRequest], now: datetime) -> Mapping[UUID, Outcome]:
    """Check each account by the policy pinned on its request; the runs are stored."""
    core = exchange.get_gateway()
    outcomes: dict[UUID, Outcome] = {}
    for request in requests:
        policy = loader.from_pinned(request.policy)
        checked = runner.run(
            request.account, policy=policy, gateway=core, moment=Moment.FINALIZE, now=now, request=request
        )
        outcomes[request.pk] = judge(request, checked)
    return outcomes


def judge(request: ClosureRequest, checked: CheckRun) -> Outcome:
    """Say what a check means for closing. Fails closed: only a clear one, with deposits locked, lets it go on."""
    if causes := causes_of(request, checked):
        return Hold(causes=causes, code="found_at_finalization")
    if checked.verdict == Verdict.UNKNOWN:
        return Retry(error="could not be checked")
    if not checked.deposits_locked:
        return Retry(error="deposits are not locked")
    if not notes.allows(request, checked):
        return Hold(causes=frozenset({HeldReason.BLOCKER}), code="not_allowed_at_finalization")
    return Done()


STEP = Step(name=FinalStep.RECHECK, run=run, local=False)
