"""Figures on pages of the staff console: which months the address asks for, and their charts with their tables."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from closure.admin.charts import draw
from closure.figures import board, span
from closure.figures.small import Figure
from closure.figures.span import BadSpan, Span

DAY = "%Y-%m-%d"
NAMES = {"first": "from", "last": "to"}


class SpanForm(forms.Form):
    """From which day to which, as `?from=2026-01-01&to=2026-03-31` says it."""

    first, last = (
        forms.DateField(
            label=label,
            input_formats=[DAY],
            widget=forms.DateInput(attrs={"type": "date"}, format=DAY),
            error_messages={
                "required": _("Give both days, such as 2026-03-31."),
                "invalid": _("Give a day as year, month and day, such as 2026-03-31."),
            },
        )
        for label in (_("From"), _("To"))
    )

    def __init__(self, query: QueryDict, *, now: datetime) -> None:
        usual = span.lately(now)
        is_asked = any(name in query for name in NAMES.values())
        super().__init__(query if is_asked else None, initial={"first": usual.first, "last": usual.last})
        self.span: Span | None = None if is_asked else usual
        self._now = now

    def add_prefix(self, field_name: str) -> str:
        """Return the name in the address, which is no name in Python."""
        return NAMES.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        """Make the months of two days that are days."""
        given = self.cleaned_data
        if len(given) == len(NAMES):
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
