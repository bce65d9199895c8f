"""Figures of requests: how far they come, how long a decision takes, how they end otherwise, how old they are."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Case, CharField, Count, F, Q, QuerySet, TextChoices, Value, When
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from closure.enums import LIVE_STATES, ClosureState
from closure.figures import counting
from closure.figures.small import Figure
from closure.figures.span import Span
from closure.models import ClosureRequest

S = ClosureState
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Stage(TextChoices):
    """How far a request came."""

    STARTED = "started", _("Started")
    SUBMITTED = "submitted", _("Submitted")
    REVIEWED = "reviewed", _("Past the review")
    CLOSED = "closed", _("Closed")


class Wait(TextChoices):
    """How long a decision by a person took."""

    HOUR = "hour", _("Up to 1 hour")
    SHIFT = "shift", _("Up to 8 hours")
    DAY = "day", _("Up to 1 day")
    DAYS = "days", _("Up to 3 days")
    WEEK = "week", _("Up to 7 days")
    LONGER = "longer", _("Longer")


class Ending(TextChoices):
    """How a request ended without closing."""

    DISCARDED = "discarded", _("Given up before submitting")
    LEFT = "left", _("Left before submitting")
    CUSTOMER = "customer", _("Cancelled by the customer")
    STAFF = "staff", _("Cancelled by staff")
    DISPUTED = "disputed", _("“I did not ask for this”")
    REJECTED = "rejected", _("Rejected")
    TIMED_OUT = "timed_out", _("Out of time")


class Age(TextChoices):
    """How long ago an open request was submitted."""

    DAY = "day", _("Up to 1 day")
    DAYS = "days", _("Up to 3 days")
    WEEK = "week", _("Up to 7 days")
    FORTNIGHT = "fortnight", _("Up to 14 days")
    MONTH = "month", _("Up to 30 days")
    OLDER = "older", _("Older")


WAITS: Mapping[Wait, timedelta] = {
    Wait.HOUR: HOUR,
    Wait.SHIFT: 8 * HOUR,
    Wait.DAY: DAY,
    Wait.DAYS: 3 * DAY,
    Wait.WEEK: 7 * DAY,
}
AGES: Mapping[Age, timedelta] = {
    Age.DAY: DAY,
    Age.DAYS: 3 * DAY,
    Age.WEEK: 7 * DAY,
    Age.FORTNIGHT: 14 * DAY,
    Age.MONTH: 30 * DAY,
}
STAGES: Mapping[str, Q] = {
    Stage.STARTED: Q(),
    Stage.SUBMITTED: Q(submitted_at__isnull=False),
    Stage.REVIEWED: Q(submitted_at__isnull=False) & (Q(review_due=False) | Q(reviewed_at__isnull=False)),
    Stage.CLOSED: Q(state=S.CLOSED),
}
# Nobody decided these: their time was over.
BY_THE_CLOCK = ("lapsed", "timed_out")
ENDINGS: Mapping[Ending, Q] = {
    Ending.DISCARDED: Q(state=S.CANCELLED, submitted_at=None),
    Ending.LEFT: Q(state=S.EXPIRED),
    Ending.CUSTOMER: Q(state=S.CANCELLED, end_reason="cancelled_by_customer"),
    Ending.STAFF: Q(state=S.CANCELLED, end_reason="cancelled_by_staff"),
    Ending.DISPUTED: Q(state=S.CANCELLED, end_reason="disputed"),
    Ending.TIMED_OUT: Q(state=S.REJECTED, end_reason__in=BY_THE_CLOCK),
    Ending.REJECTED: Q(state=S.REJECTED),
}


def funnel(span: Span) -> Figure:
    """Return how far the requests came that were started in these months."""
    return Figure.of(
        Stage,
        counting.per_condition(started(), "created_at", span, STAGES),
        code="funnel",
        title=_("From start to closed"),
        unit=_("Requests"),
        note=_(
            "Requests started in these months, and how far they are today. Past the review are those that were "
            "approved or needed no review."
        ),
        by_month=span.months > 1,
    )


def decisions(span: Span) -> Figure:
    """Return how long it took a person to approve or to reject, by the day of the decision."""
    return Figure.of(
        Wait,
        [
            *counting.per_kind(approved(), "reviewed_at", span, _waited("reviewed_at")),
            *counting.per_kind(rejected(), "ended_at", span, _waited("ended_at")),
        ],
        code="decisions",
        title=_("Time to decision"),
        unit=_("Decisions"),
        note=_("Requests that a person approved or rejected in these months, by the time since they were submitted."),
        by_month=span.months > 1,
    )


def endings(span: Span) -> Figure:
    """Return how requests ended in these months without closing."""
    kind = Case(*(When(which, then=Value(ending)) for ending, which in ENDINGS.items()), output_field=CharField())
    return Figure.of(
        Ending,
        counting.per_kind(ended().exclude(state=S.CLOSED), "ended_at", span, kind),
        code="endings",
        title=_("Cancelled and ended otherwise"),
        unit=_("Requests"),
        note=_("Requests that ended in these months without closing."),
        by_month=span.months > 1,
    )


def ages(now: datetime) -> Figure:
    """Return how long ago the requests were submitted that are open now, whatever the months."""
    cases = (When(submitted_at__gte=now - limit, then=Value(age)) for age, limit in AGES.items())
    kind = Case(*cases, default=Value(Age.OLDER), output_field=CharField())
    found = live().annotate(kind=kind).values_list("kind").annotate(number=Count("*")).order_by()
    return Figure.of(
        Age,
        [(0, age, number) for age, number in found],
        code="ages",
        title=_("Ages of open requests"),
        unit=_("Requests"),
        note=_("Requests that are open now, whatever the months, by the time since they were submitted."),
    )


def started() -> QuerySet[ClosureRequest]:
    """Return every request."""
    return ClosureRequest.objects.all()


def ended() -> QuerySet[ClosureRequest]:
    """Return what is over."""
    return ClosureRequest.objects.filter(ended_at__isnull=False)


def approved() -> QuerySet[ClosureRequest]:
    """Return what a person approved."""
    return ClosureRequest.objects.filter(reviewed_at__isnull=False, submitted_at__isnull=False)


def rejected() -> QuerySet[ClosureRequest]:
    """Return what a person rejected."""
    rejected = ended().filter(state=S.REJECTED, submitted_at__isnull=False)
    return rejected.exclude(end_reason__in=BY_THE_CLOCK)


def live() -> QuerySet[ClosureRequest]:
    """Return what was submitted and is not over."""
    return ClosureRequest.objects.filter(state__in=sorted(LIVE_STATES), submitted_at__isnull=False)


def _waited(decided: str) -> Case:
    """Return the expression for how long a decision took."""
    seconds = counting.Seconds(F(decided), F("submitted_at"))
    cases = (When(LessThanOrEqual(seconds, limit.total_seconds()), then=Value(wait)) for wait, limit in WAITS.items())
    return Case(*cases, default=Value(Wait.LONGER), output_field=CharField())
