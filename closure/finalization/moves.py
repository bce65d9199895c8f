"""The lifecycle as finalization needs it: begin, hold, park and finish, always as the worker."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from accounts.actors import Actor
from closure import lifecycle, queries
from closure.enums import ClosureAction, ClosureState, HeldReason
from closure.exceptions import TransitionRefused
from closure.finalization.plan import ORDER
from closure.models import ClosureRequest

WORKER = Actor.system("finalization")


def begin(*, now: datetime, limit: int) -> int:
    """Let waiting requests whose time is over begin, by the database's clock too (invariant 9); returns how many."""
    begun: list[UUID] = []
    for due, action, reason in (
        (queries.elapsed(now), ClosureAction.ELAPSE, "wait_over"),
        (queries.due(now), ClosureAction.BEGIN, "due"),
    ):
        if keys := list(due.values_list("id", flat=True)[:limit]):
            begun = lifecycle.apply_batch(keys, action, actor=WORKER, reason=reason, now=now)
    return len(begun)


def hold(request_id: UUID, *, causes: frozenset[HeldReason], code: str, since: datetime | None, now: datetime) -> None:
    """Hold a request before sealing: the lifecycle resets its plan and asks the core to take deposits again."""
    lifecycle.apply(
        request_id,
        ClosureAction.HOLD,
        actor=WORKER,
        reason=code,
        now=now,
        causes=causes,
        unknown_since=since,
    )


def park(request_id: UUID, *, now: datetime) -> None:
    """Stop a sealed request where it is, while a legal hold stands."""
    lifecycle.apply(request_id, ClosureAction.PARK, actor=WORKER, reason="legal_hold", now=now)


def unpark(*, now: datetime, among: Collection[UUID] | None = None) -> None:
    """Let sealed requests go on whose legal hold was lifted (H05: by itself); `among`: of these only."""
    parked = ClosureRequest.objects.filter(state=ClosureState.FINALIZING, parked_at__isnull=False)
    parked = parked if among is None else parked.filter(pk__in=among)
    for request_id in parked.order_by("id").values_list("id", flat=True):
        try:
            lifecycle.apply(request_id, ClosureAction.UNPARK, actor=WORKER, reason="hold_lifted", now=now)
        except TransitionRefused:
            continue  # the hold stands


def finish(request_ids: Sequence[UUID], *, now: datetime) -> set[UUID]:
    """Close requests and accounts whose steps are all done; returns the keys of those that closed."""
    closed = lifecycle.apply_batch(
        request_ids, ClosureAction.FINISH, actor=WORKER, reason="steps_done", now=now, steps=ORDER
    )
    return set(closed)
