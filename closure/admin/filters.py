"""Filters of the closure list, all with fixed choices: asking which values occur would read the whole table."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin.base import actor_of
from accounts.admin.filters import FixedFilter, WorkFilter
from closure import desk, queries
from closure.admin.work import WORK
from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.models.queue_indexes import is_flagged

Choice = tuple[str, Any]
EVERYTHING = "all"
# The codes as requests keep them; one without words here is shown as it is.
FLAG_WORDS: dict[str, str | Promise] = {
    "brake": gettext_lazy("recent change"),
    "contact_change": gettext_lazy("contact changed"),
    "large_withdrawals": gettext_lazy("large withdrawals"),
    "deposit": gettext_lazy("deposit meanwhile"),
    "name_mismatch": gettext_lazy("another name"),
    "face_declined": gettext_lazy("no face check"),
}
DUE: dict[str, tuple[str | Promise, timedelta]] = {
    "overdue": (gettext_lazy("Overdue"), timedelta()),
    "today": (gettext_lazy("Within 24 hours"), timedelta(days=1)),
    "week": (gettext_lazy("Within 7 days"), timedelta(days=7)),
}


class ClosureWorkFilter(WorkFilter):
    """The day's work of closings."""

    work = WORK


class StateFilter(FixedFilter):
    """Where a request stands; without a choice, what is not over."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
        """Return every state that a submitted request can have, and all of them together."""
        never = {ClosureState.DRAFT, ClosureState.EXPIRED}
        return [
            *((state.value, str(state.label).capitalize()) for state in ClosureState if state not in never),
            (EVERYTHING, _("All, ended ones too")),
        ]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Call the first choice by what it shows."""
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": _("Not over")} if number == 0 else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[ClosureRequest]) -> QuerySet[ClosureRequest]:
        """Keep one state. A search, or a kind of work, looks at all of them."""
        asked = self.known()
        if asked == EVERYTHING or (asked is None and (request.GET.get("q", "").strip() or request.GET.get("work"))):
            return queryset
        return queryset & queries.live() if asked is None else queryset.filter(state=asked)


class DueFilter(FixedFilter):
    """How soon it is due."""

    title = gettext_lazy("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
        """Return the spans of time."""
        return [(code, name) for code, (name, _span) in DUE.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ClosureRequest]) -> QuerySet[ClosureRequest]:
        """Keep what is due by then; overdue is said of reviews alone."""
        asked, now = self.known(), clock.now()
        if asked is None:
            return queryset
        if asked == "overdue":
            return queryset & queries.overdue(now)
        return queryset.filter(**due_by(now + DUE[asked][1]))


def due_by(moment: datetime) -> dict[str, Any]:
    """Return the condition that a request is due by then and can still be decided."""
    return {"finalizes_before__lte": moment, "sealed_at": None}


class FlagFilter(FixedFilter):
    """Why a person should look."""

    title = gettext_lazy("flag")
    parameter_name = "flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
        """Return the flags."""
        return list(FLAG_WORDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[ClosureRequest]) -> QuerySet[ClosureRequest]:
        """Keep what has one flag and is not over: that is when a flag matters, and what an index follows."""
        asked = self.known()
        return queryset if asked is None else queryset.filter(is_flagged(asked))


class DeskFilter(FixedFilter):
    """Whose work it is."""

    title = gettext_lazy("at work")
    parameter_name = "desk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Choice]:
        """Return the two that matter to who asks."""
        return [("mine", _("Mine")), ("free", _("Unclaimed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ClosureRequest]) -> QuerySet[ClosureRequest]:
        """Keep what lies on the desk of who asks or was given to them, or reviews that are nobody's."""
        asked, person = self.known(), actor_of(request).account_id
        if asked == "mine" and person is not None:
            return queryset.filter(desk.of(person, clock.now()))
        return queryset & queries.unclaimed(clock.now()) if asked == "free" else queryset
