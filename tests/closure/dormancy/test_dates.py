"""Dates that count from the last activity: exact, the same both ways, and never early."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from closure.dormancy.dates import Period, cutoff, reached_on

pytestmark = pytest.mark.row("I04")
YEARS_2 = Period(years=2)


@pytest.mark.parametrize(
    ("last_active", "period", "day"),
    [
        (datetime(2024, 5, 1, tzinfo=UTC), YEARS_2, date(2026, 5, 2)),
        (datetime(2024, 5, 1, 23, 59, 59, tzinfo=UTC), YEARS_2, date(2026, 5, 2)),
        (datetime(2024, 2, 28, 12, tzinfo=UTC), YEARS_2, date(2026, 3, 1)),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), YEARS_2, date(2026, 3, 2)),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), Period(years=4), date(2028, 3, 1)),
        (datetime(2026, 1, 1, 12, tzinfo=UTC), Period(days=180), date(2026, 7, 1)),
        (datetime.fromisoformat("2024-05-02T00:30:00+02:00"), YEARS_2, date(2026, 5, 2)),
    ],
)
def test_date_is_the_first_whole_day_after_the_period(last_active: datetime, period: Period, day: date) -> None:
    assert reached_on(last_active, period) == day


def test_part_of_a_day_counts_as_a_whole_one() -> None:
    lengths = [timedelta(days=180), timedelta(days=180, seconds=1), timedelta(hours=1)]
    assert [Period.of(length).days for length in lengths] == [180, 181, 1]


@given(st.dates(date(1999, 1, 1), date(2099, 1, 1)), st.integers(0, 10), st.integers(0, 800), st.integers(-2000, 2000))
def test_cutoff_says_the_same_as_the_date(day: date, years: int, days: int, hours: int) -> None:
    period = Period(years=years, days=days)
    line = cutoff(day, period)
    for at in (line - timedelta(microseconds=1), line, line + timedelta(hours=hours)):
        assert (at < line) == (reached_on(at, period) <= day)
