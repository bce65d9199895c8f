"""How long what is kept: the calendar, the law, and never earlier."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from closure.policy import loader
from closure.retention import schedule
from closure.retention.enums import RecordClass
from closure.retention.schedule import DEFAULT, Terms, anniversary, basis, end_of, expires_at, month_after, month_of

R = RecordClass
pytestmark = pytest.mark.row("H01")
CLOSINGS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9)), timezone(timedelta(hours=14))]),
)
YEARS = st.integers(1, 12)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("closed", "years", "over"),
    [
        ("2026-03-10T14:20:00", 5, "2031-03-11"),
        ("2026-03-10T00:00:00", 5, "2031-03-10"),
        ("2026-03-10T00:00:00.000001", 5, "2031-03-11"),
        ("2026-03-10T23:59:59.999999", 7, "2033-03-11"),
        # 29 February: in years without one its anniversary is 1 March, and a leap year has it again.
        ("2028-02-29T00:00:00", 5, "2033-03-01"),
        ("2028-02-29T09:00:00", 5, "2033-03-02"),
        ("2028-02-29T09:00:00", 4, "2032-03-01"),
        ("2027-02-28T09:00:00", 5, "2032-02-29"),
        ("2026-12-31T12:00:00", 5, "2032-01-01"),
        # The nights on which clocks in New York and Berlin are changed are nights like others.
        ("2026-03-08T07:00:00", 5, "2031-03-09"),
        ("2026-10-25T01:00:00", 5, "2031-10-26"),
    ],
)
def test_anniversary_is_a_midnight_never_before_the_exact_one(closed: str, years: int, over: str) -> None:
    assert anniversary(at(closed), years) == at(over)


@given(CLOSINGS, YEARS)
def test_anniversary_is_never_early_and_less_than_two_days_late(closed: datetime, years: int) -> None:
    over, utc = anniversary(closed, years), closed.astimezone(UTC)
    shifted = utc if (utc.month, utc.day) != (2, 29) else utc + timedelta(days=1)
    exact = shifted.replace(year=utc.year + years)
    assert (over.hour, over.minute, over.second, over.microsecond, over.utcoffset()) == (0, 0, 0, 0, timedelta())
    assert utc.replace(day=min(utc.day, 28), year=utc.year + years) <= over < exact + timedelta(days=1)
    if (utc.month, utc.day) != (2, 29):
        assert over >= exact


@given(CLOSINGS, CLOSINGS, YEARS, YEARS)
def test_later_closing_and_longer_period_never_end_earlier(one: datetime, two: datetime, few: int, more: int) -> None:
    first, last = sorted([one, two])
    assert anniversary(first, min(few, more)) <= anniversary(last, max(few, more))


@given(CLOSINGS, YEARS)
def test_month_of_an_end_is_over_only_after_it(closed: datetime, years: int) -> None:
    over = anniversary(closed, years)
    assert over < end_of(month_of(over)) <= over + timedelta(days=31)


@given(CLOSINGS)
def test_months_follow_each_other(moment: datetime) -> None:
    month = month_of(moment)
    assert month < month_after(month) == month_of(end_of(month))
    assert month_of(end_of(month) - timedelta(microseconds=1)) == month


@given(
    CLOSINGS,
    st.dictionaries(st.sampled_from(list(R)), YEARS),
    st.sampled_from(["", "US", "AU", "BE", "CH", "ES", "IT", "JP", "ZZ", DEFAULT]),
    st.booleans(),
    st.sampled_from(list(R)),
)
def test_expires_at_never_before_what_the_policy_says(
    closed: datetime, years: dict[RecordClass, int], country: str, may: bool, record_class: RecordClass
) -> None:
    terms = Terms(years=years, country=country, may_lengthen=may)
    asked = years.get(record_class, {R.IDENTITY: 5, R.TRANSACTIONS: 7, R.CLOSURE_FILE: 5}[record_class])
    over = expires_at(record_class, closed_at=closed, terms=terms)
    assert over >= anniversary(closed, asked)
    if not may:
        assert over == anniversary(closed, asked)


@pytest.mark.parametrize(
    ("country", "may", "years"),
    [
        ("US", True, (5, 7, 5)),
        ("", True, (5, 7, 5)),
        ("CH", True, (10, 10, 10)),
        ("CH", False, (5, 7, 5)),
        ("JP", True, (7, 7, 5)),
        (DEFAULT, True, (5, 7, 5)),
    ],
)
def test_period_is_lengthened_by_the_country_where_the_policy_lets_it(
    country: str, may: bool, years: tuple[int, int, int]
) -> None:
    terms = Terms(years={R.IDENTITY: 5, R.TRANSACTIONS: 7}, country=country, may_lengthen=may)
    found = tuple(schedule.period(each, terms).years for each in (R.IDENTITY, R.TRANSACTIONS, R.CLOSURE_FILE))
    assert found == years


def test_period_names_the_country_only_where_it_lengthened() -> None:
    terms = Terms(years={}, country="JP", may_lengthen=True)
    assert {each: schedule.period(each, terms).jurisdiction for each in R} == {
        R.IDENTITY: "JP",
        R.TRANSACTIONS: "",
        R.CLOSURE_FILE: "",
    }


@pytest.mark.row("H02")
def test_basis_is_the_law_of_the_country_or_the_default() -> None:
    assert basis(R.IDENTITY, "CH").startswith("Anti-Money Laundering Act (SR 955.0)")
    assert basis(R.CLOSURE_FILE, "JP") == basis(R.IDENTITY, "") == schedule.schedule()[DEFAULT].basis


def test_presets_keep_at_least_as_long_as_the_default() -> None:
    default = schedule.schedule()[DEFAULT].years
    kept = [loader.load(name).retention for name in loader.presets()]
    assert {(each.identity_years, each.transactions_years) for each in kept} == {
        (default[R.IDENTITY], default[R.TRANSACTIONS])
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[default]\nidentity = 5\nbasis = 'b'\nsource = 's'", "must give years"),
        ("[XX]\nidentity = 5\nbasis = 'b'\nsource = 's'", "must give years"),
        ("[default]\nidentity = 0\nbasis = 'b'\nsource = 's'", "whole years"),
        ("[default]\nidentity = 'five'\nbasis = 'b'\nsource = 's'", "whole years"),
        ("[default]\nidentities = 5\nbasis = 'b'\nsource = 's'", "whole years"),
        ("[default]\nidentity = 5\nbasis = 'b'", "a basis and a source"),
    ],
)
def test_schedule_refuses_what_makes_no_sense(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "schedule.toml"
    path.write_text(text)
    with pytest.raises(ImproperlyConfigured, match=says):
        schedule.schedule(path)
