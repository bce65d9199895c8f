"""Watching what waits: what arrived holds it, what is gone lets it go on (A19)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, Q

from accounts.actors import Actor
from accounts.exceptions import PortalError
from closure import queries
from closure.causes import causes_of, standing_causes, stopped
from closure.enums import ClosureAction, ClosureState, HeldReason, Moment, Verdict
from closure.guards import UNREACHABLE_AFTER
from closure.lifecycle import apply
from closure.models import CheckRun, ClosureRequest
from closure.notes import allows
from closure.operations.check import check_request
from closure.operations.review import findings
from closure.preflight.runner import load_check

SWEEP = Actor.system("sweep")
S = ClosureState
# FINALIZING is watched by its own plan.
WATCHED = (S.IN_REVIEW, S.COOLING_OFF, S.APPROVED, S.HELD)
LOOK_EVERY = timedelta(minutes=5)
MOST_AT_ONCE = 200


def watch(now: datetime, *, limit: int = MOST_AT_ONCE) -> dict[str, int]:
    """Check live requests that were not checked lately, longest ago first; returns how many were held and resumed."""
    counts = {"checked": 0, "held": 0, "resumed": 0}
    for request_id in due_for_a_look(now)[:limit]:
        request = ClosureRequest.objects.select_related("account").get(pk=request_id)
        if request.state not in WATCHED:
            continue
        counts["checked"] += 1
        outcome = look_at(request, now=now)
        if outcome is not None:
            counts[outcome] += 1
    return counts


def due_for_a_look(now: datetime) -> list[UUID]:
    """Return the keys of live requests to check, those with a new restriction or legal hold first."""
    live = ClosureRequest.objects.filter(state__in=WATCHED, sealed_at=None)
    looked = live.annotate(looked=Max("check_runs__created_at")).filter(
        Q(looked=None) | Q(looked__lte=now - LOOK_EVERY)
    )
    at_once = live.exclude(state=S.HELD).filter(stopped()).values_list("pk", flat=True)
    rest = looked.order_by("looked", "id").values_list("pk", flat=True)
    return list(dict.fromkeys([*at_once[:MOST_AT_ONCE], *rest[:MOST_AT_ONCE]]))


def look_at(request: ClosureRequest, *, now: datetime) -> str | None:
    """Check one live request; returns "held", "resumed" or None. What refuses changed meanwhile: the next run looks."""
    run = check_request(request, Moment.SWEEP, now=now)
    _forget_repeated(request, run)
    try:
        if causes := _new_causes(request, run, now=now):
            _hold(request, causes, run, now=now)
            return "held"
        if request.state == S.HELD and _may_resume(request, run):
            apply(
                request.pk,
                ClosureAction.RESUME,
                actor=SWEEP,
                reason="clear_again",
                now=now,
                run=run,
                check=load_check(run),
            )
            return "resumed"
    except PortalError:
        return None
    return None


def _new_causes(request: ClosureRequest, run: CheckRun, *, now: datetime) -> frozenset[HeldReason]:
    causes = set(causes_of(request, run))
    since = queries.unknown_since(request.pk)
    if run.verdict == Verdict.UNKNOWN and since is not None and now - since >= UNREACHABLE_AFTER:
        causes.add(HeldReason.UNREACHABLE)
    return frozenset(cause for cause in causes if cause.value not in request.held_reasons)


def _hold(request: ClosureRequest, causes: frozenset[HeldReason], run: CheckRun, *, now: datetime) -> None:
    apply(
        request.pk,
        ClosureAction.HOLD,
        actor=SWEEP,
        reason="found_by_check",
        now=now,
        causes=causes,
        run=run,
        unknown_since=queries.unknown_since(request.pk),
    )


def _may_resume(request: ClosureRequest, run: CheckRun) -> bool:
    stands = standing_causes(request) & {HeldReason.LEGAL, HeldReason.RESTRICTION, HeldReason.QUESTION}
    return not stands and allows(request, run)


def _forget_repeated(request: ClosureRequest, run: CheckRun) -> None:
    """Keep the first and the last of equal checks in a row, so that a week of watching leaves a few rows."""
    runs = CheckRun.objects.filter(request=request).exclude(pk=run.pk).order_by("-created_at", "-id")
    last_two = list(runs[:2])
    if len(last_two) == 2 and all(
        each.moment == Moment.SWEEP and each.verdict == run.verdict and findings(each) == findings(run)
        for each in last_two
    ):
        last_two[0].delete()
