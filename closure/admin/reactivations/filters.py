"""Filters of the list of reactivations, all with fixed choices."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin.base import actor_of
from accounts.admin.filters import FixedFilter, WorkFilter
from closure.admin.reactivations.work import WORK
from closure.enums import ReactivationState
from closure.models import Reactivation
from closure.models.reactivation import OPEN_REACTIVATIONS

EVERYTHING = "all"
Rows = QuerySet[Reactivation]


class ReactivationWorkFilter(WorkFilter):
    """The day's work of reactivations."""

    work = WORK


class ReactivationStateFilter(FixedFilter):
    """Where it stands; without a choice, what is not over."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return every state that one which was handed in can have, and all of them together."""
        states = [each for each in ReactivationState if each is not ReactivationState.DRAFT]
        return [*((each.value, str(each.label).capitalize()) for each in states), (EVERYTHING, _("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Call the first choice by what it shows."""
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": _("Not over")} if number == 0 else choice

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """Keep one state. A search, or a kind of work, looks at all of them."""
        asked = self.known()
        if asked == EVERYTHING or (asked is None and (request.GET.get("q", "").strip() or request.GET.get("work"))):
            return queryset
        return queryset.filter(state=asked) if asked else queryset.filter(state__in=sorted(OPEN_REACTIVATIONS))


class ReactivationDeskFilter(FixedFilter):
    """Whose work it is: the desk of a reactivation is that of its case."""

    title = gettext_lazy("at work")
    parameter_name = "desk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two that matter to who asks."""
        return [("mine", _("Mine")), ("free", _("Unclaimed"))]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """Keep what lies on the desk of who asks, or what waits and is on nobody's."""
        asked, person, now = self.known(), actor_of(request).account_id, clock.now()
        if asked == "mine" and person is not None:
            return queryset.filter(case__desk_by=person, case__desk_until__gt=now)
        free = Q(case__desk_by=None) | Q(case__desk_until__lte=now)
        return queryset.filter(free, state=ReactivationState.SUBMITTED) if asked == "free" else queryset
