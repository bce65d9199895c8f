"""The one place that reads the time. Edges call `now()`; domain code is given `now`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db.models import DateTimeField, ExpressionWrapper, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

_offset_source: Callable[[], timedelta] | None = None


def set_offset_source(source: Callable[[], timedelta] | None) -> None:
    """Plug in what moves the portal's clock (the demo and tests; None puts it back to real time)."""
    global _offset_source  # noqa: PLW0603  (the clock is process-wide by design)
    _offset_source = source


def offset() -> timedelta:
    """Return how far the portal's clock runs ahead of real time: zero outside a demo."""
    return timedelta() if _offset_source is None else _offset_source()


def now() -> datetime:
    """Return the portal's time, aware, in UTC."""
    return datetime.now(UTC) + offset()


def db_now() -> Combinable:
    """Return the database's own time plus the offset, for queries that claim what is due (invariant 9)."""
    ahead = offset()
    if not ahead:
        return Now()
    return ExpressionWrapper(Now() + Value(ahead), output_field=DateTimeField())


__all__ = ["db_now", "now", "offset", "set_offset_source"]
