"""The steps of closing and which of them is open: the same for page, API and a crafted request (C05)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from closure import queries, verification
from closure.enums import Step, StepState
from closure.exceptions import StepLocked
from closure.models import ClosureRequest
from closure.notes import NOTE_CODES, NOTES, Note, allows, is_fresh, notes
from closure.policy import loader
from closure.policy.schema import Policy

EXPORTED = "export"
EXPORT_SKIPPED = "export_skipped"
DOCUMENT_GIVEN = "document"
CAPTCHA_PASSED = "captcha"


@dataclass(frozen=True, kw_only=True)
class JourneyStep:
    """One step and whether it is done, open or locked."""

    name: Step
    state: StepState


def steps(request: ClosureRequest, *, now: datetime) -> list[JourneyStep]:
    """Return the steps in order: done ones, the first open one, and those locked behind it."""
    policy = loader.from_pinned(request.policy)
    found: list[JourneyStep] = []
    is_open = True
    for step in steps_of(request, policy):
        # What lies behind an open step is locked, whatever of it was done before.
        is_done = is_open and _DONE[step](request, policy, now)
        state = StepState.DONE if is_done else StepState.OPEN if is_open else StepState.LOCKED
        is_open = is_open and is_done
        found.append(JourneyStep(name=step, state=state))
    return found


def steps_of(request: ClosureRequest, policy: Policy) -> list[Step]:
    """Return the steps that this request has: the document only where one is on file and policy asks for it."""
    with_document = verification.asks_document(policy, request.account)
    return [step for step in Step if step is not Step.DOCUMENT or with_document]


def first_open(request: ClosureRequest, now: datetime) -> Step:
    """Return the first step that is not done; confirming is done by submitting, so there is always one."""
    return next(step.name for step in steps(request, now=now) if step.state is StepState.OPEN)


def check_open(request: ClosureRequest, step: Step, *, now: datetime) -> None:
    """Raise StepLocked unless every step before `step` is done; a step done already may be taken again."""
    states = {each.name: each.state for each in steps(request, now=now)}
    if states.get(step, StepState.DONE) is StepState.LOCKED:
        raise StepLocked(first_open(request, now))


def _risks_read(request: ClosureRequest, policy: Policy, _now: datetime) -> bool:
    """Notes, then the captcha where the policy asks for one: both are this step (C05)."""
    passed = CAPTCHA_PASSED in request.progress or not policy.verification.captcha
    return passed and all(code in request.acknowledged for code in NOTE_CODES)


def _checked(request: ClosureRequest, _policy: Policy, now: datetime) -> bool:
    run = queries.latest_run(request)
    return run is not None and is_fresh(run, now) and allows(request, run)


def _exported(request: ClosureRequest, _policy: Policy, _now: datetime) -> bool:
    return EXPORTED in request.progress


def _verified(request: ClosureRequest, policy: Policy, now: datetime) -> bool:
    return verification.is_done(request, policy, now=now)


def _document_given(request: ClosureRequest, _policy: Policy, _now: datetime) -> bool:
    return DOCUMENT_GIVEN in request.progress


def _submitted(_request: ClosureRequest, _policy: Policy, _now: datetime) -> bool:
    return False


_DONE: dict[Step, Callable[[ClosureRequest, Policy, datetime], bool]] = {
    Step.RISKS: _risks_read,
    Step.CHECK: _checked,
    Step.EXPORT: _exported,
    Step.VERIFY: _verified,
    Step.DOCUMENT: _document_given,
    Step.CONFIRM: _submitted,
}

__all__ = ["NOTES", "JourneyStep", "Note", "check_open", "first_open", "notes", "steps", "steps_of"]
