"""Figures on pages of the staff console: which months the address asks for, and their charts with their tables."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.admin.days import NAMES, DaysForm
from closure.admin.charts import draw
from closure.figures import board, span
from closure.figures.small import Figure
from closure.figures.span import BadSpan, Span


class SpanForm(DaysForm):
    """Which months: those of two days, or the usual ones where no day is asked for."""

    def __init__(self, query: QueryDict, *, now: datetime) -> None:
        usual = span.lately(now)
        is_asked = any(name in query for name in NAMES.values())
        super().__init__(query if is_asked else None, initial={"first": usual.first, "last": usual.last})
        self.span: Span | None = None if is_asked else usual
        self._now = now

    def clean(self) -> dict[str, Any]:
        """Make the months of two days that are days."""
        given = super().clean()
        missing = [name for name in NAMES if name in given and given[name] is None]
        for name in missing:
            self.add_error(name, _("Give both days, such as 2026-03-31."))
        if not self.errors:
            try:
                self.span = span.around(given["first"], given["last"], now=self._now)
            except BadSpan as error:
                self.add_error(None, error.message)
        return given


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a page shows: `charts` is None where they are left to the page of their own."""

    form: SpanForm
    span: Span | None
    charts: list[tuple[Figure, SafeString]] | None

    @property
    def query(self) -> str:
        """What to ask the page of its own, for the same months."""
        return f"?from={self.span.first.isoformat()}&to={self.span.last.isoformat()}" if self.span else ""


def shown(query: QueryDict, *, now: datetime, at_a_glance: bool) -> Shown:
    """Return the figures that an address asks for: none of bad days, and at a glance none that take long."""
    form = SpanForm(query, now=now)
    if form.errors or form.span is None:
        return Shown(form=form, span=None, charts=[])
    if at_a_glance and not board.is_cheap(form.span):
        return Shown(form=form, span=form.span, charts=None)
    figures = board.board(form.span, now=now)
    return Shown(form=form, span=form.span, charts=[(figure, draw(figure)) for figure in figures])
