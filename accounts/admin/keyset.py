"""Lists that cost the same on every page of every table: no count, no offset; a page begins where the last one ended.

A cursor is the place of a row in the order of the list: what its order columns say. It names a place, so rows that come
and go meanwhile move nothing, and one that somebody made up is at most another place of the same list.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import Combinable, OrderBy
from django.http import HttpRequest
from django.utils.translation import gettext as _

LONGEST = 400
FORWARD, BACK = "after", "before"


class BadCursor(ValueError):
    """A cursor that is none of this list's."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Rows in the order of the list, with the cursors of its neighbors; empty where there is none."""

    rows: list[Any]
    following: str
    preceding: str


def page_of(found: QuerySet[Any], cursor: str, *, size: int) -> Page:
    """Return the page that a cursor names, the first for an empty one, with one query.

    Rows are ordered by what is never empty in this list, the last of it unique. Raises BadCursor.
    """
    found, order = _named(found)
    way, place = _read(found, order, cursor) if cursor else (FORWARD, None)
    back = way == BACK
    terms = [_reversed(term) for term in order] if back else list(order)
    wanted = found.order_by(*terms)
    if place is not None:
        wanted = wanted.filter(_beyond(terms, place))
    rows = list(wanted[: size + 1])
    has_more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    follows, precedes = (True, has_more) if back else (has_more, place is not None)
    return Page(
        rows=rows,
        following=_cursor(FORWARD, rows[-1], order) if rows and follows else "",
        preceding=_cursor(BACK, rows[0], order) if rows and precedes else "",
    )


def _named(found: QuerySet[Any]) -> tuple[QuerySet[Any], list[str]]:
    """Return the rows with a name for each expression that orders them, and the names, "-" before what descends."""
    order = []
    for number, term in enumerate(found.query.order_by):
        if isinstance(term, str):
            order.append("-id" if term == "-pk" else "id" if term == "pk" else term)
            continue
        is_descending = isinstance(term, OrderBy) and term.descending
        found = found.annotate(**{f"place_{number}": term.expression if isinstance(term, OrderBy) else term})
        order.append(f"-place_{number}" if is_descending else f"place_{number}")
    return found, order


def _beyond(terms: Sequence[str], place: Sequence[Any]) -> Q:
    """Return the condition that a row comes after a place; its first part is what an index can begin at."""
    condition = Q()
    for term, value in reversed(list(zip(terms, place, strict=True))):
        name, further = term.removeprefix("-"), "lt" if term.startswith("-") else "gt"
        here = Q(**{f"{name}__{further}": value})
        condition = here | (Q(**{name: value}) & condition) if condition else here
    first, value = terms[0], place[0]
    side = "lte" if first.startswith("-") else "gte"
    return Q(**{f"{first.removeprefix('-')}__{side}": value}) & condition


def _reversed(term: str) -> str:
    return term.removeprefix("-") if term.startswith("-") else f"-{term}"


def _cursor(way: str, row: Model, order: Sequence[str]) -> str:
    values = [getattr(row, term.removeprefix("-")) for term in order]
    said = json.dumps([way, *(value if isinstance(value, int) else _text(value) for value in values)])
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _read(found: QuerySet[Any], order: Sequence[str], cursor: str) -> tuple[str, list[Any]]:
    try:
        padded = cursor[:LONGEST] + "=" * (-len(cursor[:LONGEST]) % 4)
        way, *told = json.loads(base64.urlsafe_b64decode(padded))
        place = [_value(found, term.removeprefix("-"), each) for term, each in zip(order, told, strict=True)]
    except (ValueError, TypeError, ValidationError) as error:
        raise BadCursor(cursor) from error
    if way not in {FORWARD, BACK}:
        raise BadCursor(cursor)
    return way, place


def _value(found: QuerySet[Any], name: str, told: Any) -> Any:
    worked_out = found.query.annotations.get(name)
    field: Any = found.model._meta.get_field(name) if worked_out is None else worked_out.output_field
    value = field.to_python(told)
    if value is None or (isinstance(value, UUID) and not isinstance(told, str)):
        raise BadCursor(name)
    return value


class KeysetChangeList(ChangeList):
    """Django's list in pages of ours, in the order that its rows are asked for."""

    model_admin: Any
    first_link = following_link = preceding_link = ""

    def __init__(self, request: HttpRequest, model: type[Model], list_display: Sequence[Any], *more: Any) -> None:
        # Django heads the boxes with one that ticks them all by a script, which is not here: ours are headed in words.
        super().__init__(
            request, model, ["tick" if name == "action_checkbox" else name for name in list_display], *more
        )

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str | Combinable]:
        """Return the order that a kind of work brings along, else the table's own; always down to a key."""
        order: list[Any] = list(queryset.query.order_by) or ["-id"]
        if order[-1] not in {"id", "-id", "pk", "-pk"}:
            order.append("-id" if str(order[-1]).startswith("-") else "id")
        return order

    def get_results(self, request: HttpRequest) -> None:
        """Take one page; nothing is counted but what is shown."""
        found, cursor = self.queryset.defer(*self.model_admin.list_defer), request.GET.get(PAGE_VAR, "")
        try:
            page = page_of(found, cursor, size=self.list_per_page)
        except BadCursor:
            messages.warning(request, _("That page is not one of this list. This is the first one."))
            cursor, page = "", page_of(found, "", size=self.list_per_page)
        self.model_admin.prepare(request, page.rows)
        self.result_list, self.result_count, self.full_result_count = page.rows, len(page.rows), None
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = bool(page.rows)
        self.following_link = page.following and self.get_query_string({PAGE_VAR: page.following})
        self.preceding_link = page.preceding and self.get_query_string({PAGE_VAR: page.preceding})
        # A page can be empty by now; the way to the first one is there all the same.
        self.first_link = cursor and self.get_query_string()
