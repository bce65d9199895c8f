"""Figures of requests, by value: hand-made requests in, numbers out."""

from datetime import UTC, datetime, timedelta

import pytest

from closure.enums import LIVE_STATES, ClosureState
from closure.figures import requests
from closure.figures.small import Figure
from closure.figures.span import Span
from tests.closure.figures.made import accounts, ended, request, save

pytestmark = pytest.mark.django_db
S = ClosureState
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
OCTOBER, NOVEMBER = (datetime(2026, month, 10, tzinfo=UTC) for month in (10, 11))
BOTH = Span(first=OCTOBER.date().replace(day=1), months=2)
ONE = Span(first=NOVEMBER.date().replace(day=1), months=1)


def shown(figure: Figure) -> dict[str, int]:
    return {count.code: count.shown for count in figure.counts if count.shown}


def test_funnel_counts_how_far_requests_came_that_were_started_then() -> None:
    (ana,) = accounts(1, NOW)
    before, after = datetime(2026, 10, 31, 23, 59, 59, 999999, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    save(
        *(ended(ana, "discarded", NOVEMBER) for _each in range(20)),
        *(ended(ana, "rejected", NOVEMBER, review_due=True) for _each in range(15)),
        *(ended(ana, "cancelled_by_customer", NOVEMBER, review_due=True, reviewed_at=NOVEMBER) for _each in range(10)),
        *(ended(ana, "closed", NOVEMBER) for _each in range(7)),
        *(request(ana, S.CLOSED, at) for at in (before, after) for _each in range(9)),
    )
    assert shown(requests.funnel(ONE)) == {"started": 50, "submitted": 30, "reviewed": 15, "closed": 5}
    assert shown(requests.funnel(BOTH)) == {"started": 55, "submitted": 35, "reviewed": 20, "closed": 10}


def test_decisions_are_timed_from_submission_whoever_decided_how() -> None:
    (ana,) = accounts(1, NOW)
    hours = {"hour": 1, "shift": 8, "day": 24, "days": 72, "week": 168, "longer": 169}
    for each in hours.values():
        asked = NOVEMBER - timedelta(hours=each)
        save(
            *(request(ana, S.CLOSED, asked, reviewed_at=NOVEMBER, review_due=True) for _each in range(3)),
            *(ended(ana, "identity", NOVEMBER, submitted_at=asked) for _each in range(4)),
            *(ended(ana, "timed_out", NOVEMBER, submitted_at=asked) for _each in range(50)),
            *(request(ana, S.CLOSED, asked) for _each in range(50)),
        )
    assert shown(requests.decisions(ONE)) == dict.fromkeys(hours, 5)
    soon = NOVEMBER - timedelta(hours=1, seconds=1)
    save(*(request(ana, S.CLOSED, soon, reviewed_at=NOVEMBER) for _each in range(10)))
    assert shown(requests.decisions(ONE)) == {**dict.fromkeys(hours, 5), "shift": 15}


def test_endings_are_counted_by_the_day_of_the_end() -> None:
    (ana,) = accounts(1, NOW)
    numbers = {
        "discarded": 5,
        "lapsed": 10,
        "cancelled_by_customer": 15,
        "cancelled_by_staff": 20,
        "disputed": 25,
        "rejected": 30,
        "identity": 5,
        "timed_out": 40,
        "closed": 45,
        "replaced": 50,
    }
    save(*(ended(ana, reason, at) for reason, n in numbers.items() for at in (OCTOBER, NOVEMBER) for _each in range(n)))
    expected = {"discarded": 5, "left": 10, "customer": 15, "staff": 20, "disputed": 25, "rejected": 35}
    assert shown(requests.endings(ONE)) == {**expected, "timed_out": 40}
    assert shown(requests.endings(BOTH)) == {name: 2 * number for name, number in {**expected, "timed_out": 40}.items()}


def test_ages_are_those_of_open_requests_now() -> None:
    people = iter(accounts(5 * 6 + 4, NOW))
    ages = {"day": 1, "days": 3, "week": 7, "fortnight": 14, "month": 30, "older": 400}
    states = sorted(LIVE_STATES)
    held = {"held_at": NOW, "held_from": S.IN_REVIEW, "held_reasons": ["deposit"]}
    for days in ages.values():
        asked = NOW - timedelta(days=days)
        save(*(request(next(people), state, asked, **(held if state == S.HELD else {})) for state in states))
    save(*(request(next(people), S.DRAFT, NOW, submitted_at=None) for _each in range(4)))
    assert len(states) == 5
    assert shown(requests.ages(NOW)) == dict.fromkeys(ages, 5)


def test_figures_of_nothing_say_fewer_than_five() -> None:
    for figure in (requests.funnel(BOTH), requests.decisions(BOTH), requests.endings(BOTH), requests.ages(NOW)):
        assert len(figure.counts) >= 4
        assert {count.shown for count in figure.counts} == {0}
