"""Filters with fixed choices, for every list: asking which values occur would read the whole table."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin.work import Work


class FixedFilter(admin.SimpleListFilter):
    """A filter that knows its choices; a value that is none of them filters nothing."""

    def known(self) -> str | None:
        """Return the value asked for, when it is a choice."""
        asked = self.value()
        return asked if asked in {str(code) for code, _name in self.lookup_choices} else None


class WorkFilter(FixedFilter):
    """The day's work in a list, as the index counts it."""

    title = gettext_lazy("work")
    parameter_name = "work"
    work: ClassVar[tuple[Work[Any], ...]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the kinds of work."""
        return [(work.code, work.name) for work in self.work]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows of one kind, in the order in which they are worked off."""
        asked = self.known()
        chosen = next((work for work in self.work if work.code == asked), None)
        return queryset if chosen is None else queryset & chosen.rows(clock.now())
