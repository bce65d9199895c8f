"""Figures are of whole months."""

from datetime import UTC, date, datetime

import pytest

from closure.figures.span import BadSpan, Span, around, lately

NOW = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)


def test_usual_span_is_this_month_and_two_before() -> None:
    span = lately(NOW)
    assert (span.first, span.last, span.months) == (date(2026, 9, 1), date(2026, 11, 30), 3)
    assert lately(datetime(2027, 1, 1, tzinfo=UTC)).first == date(2026, 11, 1)


def test_days_mean_the_months_that_they_lie_in() -> None:
    span = around(date(2025, 12, 31), date(2026, 2, 1), now=NOW)
    assert (span.first, span.last, span.months) == (date(2025, 12, 1), date(2026, 2, 28), 3)
    assert span.starts == [
        datetime(2025, 12, 1, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 2, 1, tzinfo=UTC),
        datetime(2026, 3, 1, tzinfo=UTC),
    ]
    assert around(date(2026, 2, 10), date(2026, 2, 10), now=NOW) == Span(first=date(2026, 2, 1), months=1)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 3, 2), date(2026, 3, 1), "earlier day first"),
        (date(2026, 11, 30), date(2026, 11, 30), "up to today"),
        (date(2025, 1, 31), date(2026, 1, 1), "within 12 months"),
    ],
)
def test_days_that_make_no_span_are_refused_with_what_to_do(first: date, last: date, said: str) -> None:
    with pytest.raises(BadSpan, match=said):
        around(first, last, now=NOW)


def test_longest_span_is_a_year() -> None:
    assert around(date(2025, 1, 31), date(2025, 12, 1), now=NOW).months == 12
