"""Counting rows month by month, in the database, by what its indexes hold."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Count, FloatField, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from closure.figures.small import Found
from closure.figures.span import Span


class Seconds(Func):
    """Seconds from the second time to the first; on SQLite without calling back into Python for every row."""

    arity = 2
    output_field = FloatField()
    template = "EXTRACT(EPOCH FROM (%(expressions)s))"
    arg_joiner = " - "

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return the difference of two Julian days, to the millisecond: a day's fraction holds no more."""
        days = "ROUND((JULIANDAY(%(expressions)s)) * 86400.0, 3)"
        return self.as_sql(compiler, connection, template=days, arg_joiner=") - JULIANDAY(", **context)


def within(rows: QuerySet[Any], at: str, span: Span) -> QuerySet[Any]:
    """Return the rows whose time `at` lies in the span."""
    starts = span.starts
    return rows.filter(**{f"{at}__gte": starts[0], f"{at}__lt": starts[-1]})


def per_kind(rows: QuerySet[Any], at: str, span: Span, kind: Combinable) -> list[Found]:
    """Return how many rows of each kind each month has."""
    counted = within(rows, at, span).annotate(month=month_of(at, span), kind=kind).values_list("month", "kind")
    return list(counted.annotate(number=Count("*")).order_by())


def per_condition(rows: QuerySet[Any], at: str, span: Span, conditions: Mapping[str, Q]) -> list[Found]:
    """Return how many rows of each month meet each condition; a row may meet several."""
    numbers = {name: Count(Value(1), filter=condition) for name, condition in conditions.items()}
    months = within(rows, at, span).annotate(month=month_of(at, span)).values("month").annotate(**numbers).order_by()
    return [(month["month"], name, month[name]) for month in months for name in conditions]


def month_of(at: str, span: Span) -> Case:
    """Return the number of a row's month: plain comparisons, as every database makes them fast."""
    ends = span.starts[1:]
    cases = [When(**{f"{at}__lt": end}, then=Value(number)) for number, end in enumerate(ends)]
    return Case(*cases, output_field=IntegerField())
