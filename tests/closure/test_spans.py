"""Lengths of time in words."""

from datetime import timedelta

import pytest

from closure.spans import duration


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=10), "10 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=72), "72 hours"),
        (timedelta(days=4), "4 days"),
        (timedelta(days=7), "7 days"),
        (timedelta(days=7, hours=1), "169 hours"),
    ],
)
def test_duration_is_said_in_the_unit_people_use(length: timedelta, said: str) -> None:
    assert duration(length) == said
