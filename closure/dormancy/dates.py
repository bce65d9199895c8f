"""Dates that count from the last activity: each is the first whole day, in UTC, after its period, and none is early."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Period:
    """Calendar years and days without activity."""

    years: int = 0
    days: int = 0

    @classmethod
    def of(cls, length: timedelta) -> "Period":
        """Return whole days, never fewer than the length."""
        return cls(days=-(-length // DAY))


def reached_on(last_active: datetime, period: Period) -> date:
    """Return the day on which an account that was last active then has been away for the whole period."""
    return _reached(last_active.astimezone(UTC).date(), period)


def cutoff(day: date, period: Period) -> datetime:
    """Return the moment before which the last activity lies of whoever has reached the period on this day."""
    last = _years_from(day - DAY - period.days * DAY, -period.years)
    while _reached(last, period) > day:
        last -= DAY
    return midnight(last + DAY)


def midnight(day: date) -> datetime:
    """Return the beginning of a day, UTC."""
    return datetime.combine(day, time(), UTC)


def _reached(last: date, period: Period) -> date:
    return _years_from(last, period.years) + period.days * DAY + DAY


def _years_from(day: date, years: int) -> date:
    """Return the same day of another year; of 29 February that is 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, month=3, day=1)
