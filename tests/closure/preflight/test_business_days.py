"""Business days: weekends, holidays by country, and time zones."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from closure.preflight.business_days import after_business_days, calendar_of, easter_sunday, settlement

COUNTRIES = ["US", "GB", "DE", "BR", "SA", "IL", "CH", "AU", "CA", "SG", "ZZ", ""]
MOMENTS = st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("year", "expected"),
    [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5)), (2038, date(2038, 4, 25))],
)
def test_easter_is_where_the_calendar_puts_it(year: int, expected: date) -> None:
    assert easter_sunday(year) == expected


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("US", date(2026, 11, 26)),  # Thanksgiving
        ("US", date(2026, 5, 25)),  # the last Monday of May
        ("US", date(2027, 7, 5)),  # the Fourth fell on a Sunday
        ("GB", date(2026, 12, 28)),  # Boxing Day fell on a Saturday
        ("GB", date(2027, 12, 27)),  # Christmas on a Saturday, Boxing Day on a Sunday:
        ("GB", date(2027, 12, 28)),  # two days instead
        ("DE", date(2026, 4, 3)),  # Good Friday, by the euro's calendar
        ("FR", date(2026, 5, 1)),
        ("SA", date(2026, 11, 20)),  # a Friday
        ("ZZ", date(2026, 11, 21)),  # a Saturday, where nothing is known
    ],
)
def test_banks_are_closed(country: str, day: date) -> None:
    assert not calendar_of(country).is_business_day(day)


@pytest.mark.parametrize(
    ("country", "day"),
    [("US", date(2026, 12, 28)), ("GB", date(2026, 11, 26)), ("SA", date(2026, 11, 22)), ("ZZ", date(2026, 12, 25))],
)
def test_banks_are_open(country: str, day: date) -> None:
    assert calendar_of(country).is_business_day(day)


@pytest.mark.row("B04", "A20")
def test_settlement_skips_weekend_and_thanksgiving() -> None:
    wednesday = datetime(2026, 11, 25, 15, tzinfo=UTC)
    arrives = settlement(wednesday, "US")
    assert arrives.first == datetime(2026, 11, 27, 22, tzinfo=UTC)
    assert arrives.last == datetime(2026, 12, 3, 22, tzinfo=UTC)


def test_settlement_counts_from_the_local_day() -> None:
    # Monday morning in Sydney is still Sunday in London.
    night = datetime(2026, 11, 22, 22, tzinfo=UTC)
    assert settlement(night, "AU").first == datetime(2026, 11, 24, 6, tzinfo=UTC)
    assert settlement(night, "GB").first == datetime(2026, 11, 23, 17, tzinfo=UTC)


def test_settlement_keeps_local_closing_time_over_a_clock_change() -> None:
    # New York puts its clocks back on 1 November 2026: five in the evening is 22:00 UTC, no longer 21:00.
    assert settlement(datetime(2026, 10, 29, 15, tzinfo=UTC), "US").first == datetime(2026, 10, 30, 21, tzinfo=UTC)
    assert settlement(datetime(2026, 10, 30, 15, tzinfo=UTC), "US").first == datetime(2026, 11, 2, 22, tzinfo=UTC)


@pytest.mark.row("A20")
@given(now=MOMENTS, country=st.sampled_from(COUNTRIES))
def test_settlement_is_on_business_days_and_after_now(now: datetime, country: str) -> None:
    calendar = calendar_of(country)
    arrives = settlement(now, country)
    assert now < arrives.first < arrives.last
    assert calendar.is_business_day(arrives.first.astimezone(calendar.zone).date())
    assert arrives.first - now < timedelta(days=8)


@given(now=MOMENTS, country=st.sampled_from(COUNTRIES), count=st.integers(1, 10))
def test_business_days_grow_with_their_count_and_with_time(now: datetime, country: str, count: int) -> None:
    calendar = calendar_of(country)
    this = after_business_days(now, count, calendar)
    assert this < after_business_days(now, count + 1, calendar)
    assert this <= after_business_days(now + timedelta(hours=7), count, calendar)
