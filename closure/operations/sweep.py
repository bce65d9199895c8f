"""What time brings, found in our rows: run at every start of the worker and each minute (docs/architecture.md)."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import close_old_connections
from django.db.models import QuerySet

from accounts import case_upkeep, placing, sealing
from accounts.exceptions import PortalError
from accounts.failures import kind_and_place
from accounts.messages import outbox
from accounts.recovering import upkeep as recovery_upkeep
from closure import effects, queries
from closure.dormancy import sweep as dormancy
from closure.enums import ClosureAction, ClosureState, HeldReason
from closure.evidence import upkeep as evidence_upkeep
from closure.exports import upkeep
from closure.finalization.runner import finalize_due
from closure.guards import QUESTION_OPEN
from closure.lifecycle import apply, apply_batch
from closure.models import ClosureRequest
from closure.operations.core_events import pull
from closure.operations.look_again import look_due
from closure.operations.reactivate import lapse_due
from closure.operations.settle_debt import settle_due as settle_due_debts
from closure.operations.settle_remedy import settle_due
from closure.operations.start import MOST_AT_ONCE, SWEEP, lapse_drafts
from closure.operations.watch import watch
from closure.retention import canary
from closure.retention.late_holds import tell_overdue

logger = logging.getLogger(__name__)
S, A = ClosureState, ClosureAction
BATCH = 500
FAILED = "failed"


def run_sweeps(now: datetime) -> dict[str, int]:
    """Do everything that is due and return how much of each; safe to run again, and by two workers at once.

    Each part is by itself: `failed` counts those that failed, and the others still did theirs. A closure that can still
    be finished in its longest time is finished before any is given up (E09), so elapsing, beginning and finishing come
    before that.
    """
    counts = {FAILED: 0}
    for name, part in _PARTS:
        try:
            counts |= part(now)
        except Exception as error:  # noqa: BLE001  (whatever it is, the other parts are about other people)
            logger.error("sweep %s failed: %s", name, kind_and_place(error))  # noqa: TRY400
            close_old_connections()
            counts[FAILED] += 1
    return counts


def elapse(now: datetime) -> int:
    """Approve what has waited long enough; returns how many."""
    due = list(queries.elapsed(now).values_list("pk", flat=True)[:BATCH])
    return len(apply_batch(due, A.ELAPSE, actor=SWEEP, reason="wait_over", now=now)) if due else 0


def time_out(now: datetime) -> int:
    """Release accounts that were frozen as long as they may be; a hold or restriction that stands keeps them (E09)."""
    late = ClosureRequest.objects.filter(state__in=[S.IN_REVIEW, S.HELD], release_at__lte=now).order_by("release_at")
    return _each(late.only("pk"), A.TIME_OUT, "max_frozen", now, lambda _request: True)


def lapse_questions(now: datetime) -> int:
    """Reject what nobody answered for 14 days; returns how many."""
    held = ClosureRequest.objects.filter(state=S.HELD, held_at__lte=now - QUESTION_OPEN).order_by("held_at")
    return _each(
        held.only("pk", "held_reasons"),
        A.LAPSE,
        "no_answer",
        now,
        lambda request: HeldReason.QUESTION.value in request.held_reasons,
    )


def _each(
    found: QuerySet[ClosureRequest],
    action: ClosureAction,
    reason: str,
    now: datetime,
    wanted: Callable[[ClosureRequest], bool],
) -> int:
    """Move each by itself, so many at most: those that refuse stay, however many, and stop no other."""
    moved = 0
    for request in list(found):
        if moved == MOST_AT_ONCE:
            break
        if not wanted(request):
            continue
        try:
            apply(request.pk, action, actor=SWEEP, reason=reason, now=now)
        except PortalError:
            continue
        moved += 1
    return moved


_PARTS: tuple[tuple[str, Callable[[datetime], dict[str, int]]], ...] = (
    ("drafts", lambda now: {"lapsed": lapse_drafts(now)}),
    ("core events", pull),
    ("negative balances", lambda now: {"settled": settle_due_debts(now)}),
    ("watch", watch),
    ("waits", lambda now: {"elapsed": elapse(now)}),
    ("finalization", lambda now: {"closed": finalize_due(now=now, batch_size=BATCH, limit=None).closed}),
    ("longest freeze", lambda now: {"timed_out": time_out(now)}),
    ("questions", lambda now: {"unanswered": lapse_questions(now)}),
    ("reactivations", lambda now: {"reactivations_lapsed": lapse_due(now)}),
    ("holds", lambda now: {"holds_overdue": tell_overdue(now) + placing.tell_overdue(now)}),
    ("recoveries", recovery_upkeep.sweep),
    ("cases", case_upkeep.sweep),
    ("exports", upkeep.sweep),
    ("evidence", evidence_upkeep.sweep),
    ("effects", lambda now: {"effects": effects.perform_due(now=now)}),
    ("disabled accounts", lambda now: {"looked_again": look_due(now)}),
    ("remedies", lambda now: {"remedies": settle_due(now)}),
    ("dormancy", dormancy.step),
    ("messages", lambda now: {"messages": outbox.send_due(now=now).sent}),
    ("archive keys", lambda now: {"canaries": canary.watch(now)}),
    # Last, so that it seals what the others wrote.
    ("journal", lambda now: {"sealed": sealing.seal(now=now)}),
)
