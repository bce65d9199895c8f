"""The day's work: which rows each kind of it has, for the index and for the list's filter alike."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.admin.work import Work
from closure import queries
from closure.enums import ClosureState, EffectState
from closure.models import ClosureRequest, Effect
from closure.models.queue_indexes import IS_FAILING, IS_PARKED


def submitted() -> QuerySet[ClosureRequest]:
    """Return what customers asked for; a draft is nobody's business but theirs."""
    return ClosureRequest.objects.filter(submitted_at__isnull=False)


def stuck(_now: datetime) -> QuerySet[ClosureRequest]:
    """Return what does not go on by itself: a parked plan, a failing step, a parked call to the exchange."""
    # Three indexes, each read by itself: conditions joined by "or" would read the whole table.
    parked = ClosureRequest.objects.filter(IS_PARKED).values("pk")
    failing = ClosureRequest.objects.filter(IS_FAILING).values("pk")
    calls = Effect.objects.filter(state=EffectState.PARKED).values("request_id")
    return ClosureRequest.objects.filter(pk__in=parked.union(failing, calls))


WORK: tuple[Work[ClosureRequest], ...] = (
    Work(
        code="overdue",
        name=_("Overdue"),
        note=_("Reviews that are past their time. Nothing approves them by itself."),
        rows=queries.overdue,
        tone="danger",
    ),
    Work(
        code="second",
        name=_("Second approval"),
        note=_("One person proposed approval. A lead other than them confirms or refuses."),
        rows=lambda _now: queries.second_approvals(),
        tone="warn",
    ),
    Work(
        code="unclaimed",
        name=_("Unclaimed"),
        note=_("Reviews that nobody is at work on or was told to do; first due first."),
        rows=queries.unclaimed,
        tone="info",
    ),
    Work(
        code="review",
        name=_("In review"),
        note=_("They wait for a decision; first due first."),
        rows=lambda _now: ClosureRequest.objects.filter(state=ClosureState.IN_REVIEW),
        tone="info",
    ),
    Work(
        code="held",
        name=_("On hold"),
        note=_("Something arrived, is restricted, could not be checked, or was asked."),
        rows=lambda _now: ClosureRequest.objects.filter(state=ClosureState.HELD),
        tone="info",
    ),
    Work(
        code="stuck",
        name=_("Parked"),
        note=_("A step or a call to the exchange does not go on by itself."),
        rows=stuck,
        tone="warn",
    ),
)
