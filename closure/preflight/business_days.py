"""Business days of a country's banks, from the table in holidays.toml: when money sent now arrives (B04)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TABLE = Path(__file__).parent / "holidays.toml"
SATURDAY, SUNDAY = 5, 6
WEEKEND = (SATURDAY, SUNDAY)
DAY = timedelta(days=1)
# Banks book until then, local time.
CLOSE_OF_BUSINESS = time(17)
# B04: fiat takes 1 to 5 business days.
SETTLES_FIRST, SETTLES_LAST = 1, 5


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Rules of one country; see the head of holidays.toml."""

    zone: tzinfo
    weekend: tuple[int, ...] = WEEKEND
    fixed: tuple[str, ...] = ()
    easter: tuple[int, ...] = ()
    nth: tuple[str, ...] = ()
    shift: str = ""

    def is_business_day(self, day: date) -> bool:
        """Tell whether banks settle on a local day."""
        return day.weekday() not in self.weekend and day not in _holidays(self, day.year)


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """The span in which a transfer sent now arrives, aware UTC."""

    first: datetime
    last: datetime


def settlement(now: datetime, country: str) -> Settlement:
    """Return when fiat sent now arrives: after 1 business day at the earliest, after 5 at the latest (B04)."""
    calendar = calendar_of(country)
    return Settlement(
        first=after_business_days(now, SETTLES_FIRST, calendar), last=after_business_days(now, SETTLES_LAST, calendar)
    )


def after_business_days(now: datetime, count: int, calendar: Calendar) -> datetime:
    """Return the close of business of the count-th business day after the local day of `now`, in UTC."""
    day = now.astimezone(calendar.zone).date()
    while count:
        day += DAY
        count -= calendar.is_business_day(day)
    return datetime.combine(day, CLOSE_OF_BUSINESS, calendar.zone).astimezone(UTC)


@cache
def calendar_of(country: str) -> Calendar:
    """Return the calendar of a country; one without a table has Saturdays, Sundays and UTC."""
    tables = _tables()
    own = tables.get(country.upper(), {})
    rules: Mapping[str, Any] = {**tables.get(own.get("calendar", ""), {}), **own}
    return Calendar(
        zone=_zone(rules.get("timezone", "UTC")),
        weekend=tuple(rules.get("weekend", WEEKEND)),
        fixed=tuple(rules.get("fixed", ())),
        easter=tuple(rules.get("easter", ())),
        nth=tuple(rules.get("nth", ())),
        shift=rules.get("shift", ""),
    )


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:  # a machine without time zone data still names a date
        return UTC


@cache
def _holidays(calendar: Calendar, year: int) -> frozenset[date]:
    return frozenset(_fixed(calendar, year) | _moving(calendar, year))


def _fixed(calendar: Calendar, year: int) -> set[date]:
    kept: set[date] = set()
    for rule in calendar.fixed:
        month, number = map(int, rule.split("-"))
        kept.add(_shifted(date(year, month, number), calendar, kept))
    return kept


def _shifted(day: date, calendar: Calendar, kept: set[date]) -> date:
    """Return the day on which a fixed holiday is kept; two never fall together."""
    moves = {"monday": (SUNDAY,), "weekday": WEEKEND}.get(calendar.shift, ())
    if day.weekday() not in moves:
        return day
    while day.weekday() in calendar.weekend or day in kept:
        day += DAY
    return day


def _moving(calendar: Calendar, year: int) -> set[date]:
    sunday = easter_sunday(year)
    return {sunday + offset * DAY for offset in calendar.easter} | {_nth(year, rule) for rule in calendar.nth}


def _nth(year: int, rule: str) -> date:
    month, weekday, count = map(int, rule.split())
    if count > 0:
        first = date(year, month, 1)
        return first + ((weekday - first.weekday()) % 7 + (count - 1) * 7) * DAY
    last = date(year + month // 12, month % 12 + 1, 1) - DAY
    return last - ((last.weekday() - weekday) % 7 + (-count - 1) * 7) * DAY


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the computation of Meeus, Jones and Butcher)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    correction = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = correction - (correction // 28) * (1 - (29 // (correction + 1)) * ((21 - golden) // 11))
    weekday = (100 * century + rest + (100 * century + rest) // 4 + moon + 2 - century + century // 4) % 7
    offset = moon - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))
