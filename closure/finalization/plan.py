"""The plan of finalization: its steps in order, and how far one request has come as data on its row.

`ClosureRequest.plan` is {step: {"state", "attempts", "at"}}; a step without an entry has not begun. A failed attempt
adds "error" and "since" (the first failure), one whose worker never came back "deaths" (in a row).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from closure.poison import MOST_DEATHS

Plan = Mapping[str, Mapping[str, Any]]


class FinalStep(StrEnum):
    """The steps, in the order in which they are taken (docs/architecture.md, "Finalization")."""

    LOCK_DEPOSITS = "lock_deposits"
    RECHECK = "recheck"
    END_ACCESS = "end_access"
    EXPORT_CLOSES = "export_closes"
    SEAL_ARCHIVE = "seal_archive"
    BLOCK_IDENTIFIERS = "block_identifiers"
    WRITE_RECEIPT = "write_receipt"
    QUEUE_LAST_MAIL = "queue_last_mail"
    ERASE = "erase"
    CLOSE = "close"


class StepState(StrEnum):
    RUNNING = "running"
    WAITING = "waiting"
    FAILED = "failed"
    DONE = "done"


ORDER = tuple(FinalStep)
# Up to here it can be held or cancelled; once this is passed it only goes forward.
SEALING = FinalStep.SEAL_ARCHIVE


def first_undone(plan: Plan) -> FinalStep | None:
    """Return the first step that is not done; None when the plan is carried out."""
    return next((step for step in ORDER if plan.get(step, {}).get("state") != StepState.DONE), None)


def begun(plan: Plan, *, at: datetime) -> dict[str, Any]:
    """Return the plan with an attempt at its first undone step recorded."""
    new: dict[str, Any] = {name: dict(entry) for name, entry in plan.items()}
    step = first_undone(new)
    if step is not None:
        earlier = new.get(step, {})
        new[step] = {
            **earlier,
            "state": StepState.RUNNING.value,
            "attempts": earlier.get("attempts", 0) + 1,
            "at": _text(at),
        }
        if was_left(earlier):
            new[step]["deaths"] = earlier.get("deaths", 0) + 1
    return new


def was_left(entry: Mapping[str, Any]) -> bool:
    """Tell of the entry of a step that nobody holds whether its last worker never came back."""
    return entry.get("state") == StepState.RUNNING


def was_left_anywhere(plan: Plan) -> bool:
    """Tell of a plan that nobody holds whether its last worker never came back."""
    return any(was_left(entry) for entry in plan.values())


def deaths(plan: Plan, step: FinalStep | None) -> int:
    """Return how many workers in a row died at a step."""
    return 0 if step is None else int(plan.get(step, {}).get("deaths", 0))


def is_poison(plan: Plan) -> bool:
    """Tell whether the next step killed so many workers in a row that it is left to staff."""
    return deaths(plan, first_undone(plan)) >= MOST_DEATHS


def rested(plan: Plan, step: FinalStep) -> dict[str, Any]:
    """Return the plan with an attempt at `step` given back: somebody stopped it, nobody died."""
    return {**plan, step: {**plan.get(step, {}), "state": StepState.WAITING.value}}


def rearmed(plan: Plan) -> dict[str, Any]:
    """Return the plan with its next step free to be tried again at once, by whom it may kill."""
    step = first_undone(plan)
    if step is None or step not in plan:
        return dict(plan)
    entry = {name: value for name, value in plan[step].items() if name != "deaths"}
    return {**plan, step: {**entry, "state": StepState.WAITING.value}}


def passed(plan: Plan, step: FinalStep, *, at: datetime) -> dict[str, Any]:
    """Return the plan with `step` done and an attempt at the next one recorded."""
    entry = plan.get(step, {})
    done = {"state": StepState.DONE.value, "attempts": entry.get("attempts", 1), "at": _text(at)}
    return begun({**plan, step: done}, at=at)


def failed(plan: Plan, step: FinalStep, *, error: str, at: datetime) -> dict[str, Any]:
    """Return the plan with the story of a failed attempt: what went wrong, and since when it does."""
    entry = dict(plan.get(step, {}))
    if not is_poison(plan):
        entry.pop("deaths", None)
    story = {"state": StepState.FAILED.value, "error": error[:200], "since": entry.get("since") or _text(at)}
    return {**plan, step: {**entry, **story}}


def attempts(plan: Plan, step: FinalStep) -> int:
    """Return how often a step was begun."""
    return int(plan.get(step, {}).get("attempts", 0))


def done_at(plan: Plan, step: FinalStep) -> datetime | None:
    """Return when a step was done; None when it is not."""
    entry = plan.get(step, {})
    return datetime.fromisoformat(entry["at"]) if entry.get("state") == StepState.DONE else None


def is_of_one_run(plan: Plan, now: datetime) -> bool:
    """Tell whether everything from sealing to erasing was done by the run of this time."""
    steps = ORDER[ORDER.index(SEALING) : ORDER.index(FinalStep.CLOSE)]
    return all(done_at(plan, step) == now for step in steps)


def failing_since(plan: Plan, step: FinalStep) -> datetime | None:
    """Return when a step failed first; None when it never did."""
    since = plan.get(step, {}).get("since")
    return None if since is None else datetime.fromisoformat(since)


def has_failed_for(plan: Plan, step: FinalStep, limit: timedelta, *, now: datetime) -> bool:
    """Tell whether a step has been failing for at least this long."""
    since = failing_since(plan, step)
    return since is not None and now - since >= limit


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
