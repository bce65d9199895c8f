"""What blocks most, by value: hand-made checks in, numbers out."""

from datetime import UTC, datetime, timedelta

import pytest

from closure.enums import Area, Moment
from closure.figures import blockers
from closure.figures.span import Span
from closure.models import CheckRun
from tests.closure.figures.made import accounts, check

pytestmark = pytest.mark.django_db
NOVEMBER = datetime(2026, 11, 10, tzinfo=UTC)
SPAN = Span(first=NOVEMBER.date().replace(day=1), months=1)


def shown() -> list[tuple[str, int]]:
    return [(count.code, count.shown) for count in blockers.blockers(SPAN).counts]


def test_blockers_count_accounts_once_however_often_they_checked() -> None:
    people = accounts(10, NOVEMBER)
    for number, person in enumerate(people):
        for again in range(3):
            at = NOVEMBER + timedelta(hours=again)
            check(person, at, Area.SPOT, *([Area.ORDERS] if number < 6 else [Area.LOANS]), unknown=(Area.NFT,))
    assert shown() == [("spot", 10), ("orders", 5)]


def test_blockers_are_those_of_checks_that_customers_made_then() -> None:
    people = accounts(5, NOVEMBER)
    for person in people:
        check(person, NOVEMBER - timedelta(days=10), Area.SPOT)
        check(person, NOVEMBER + timedelta(days=21), Area.SPOT)
        swept = check(person, NOVEMBER, Area.SPOT)
        CheckRun.objects.filter(pk=swept.pk).update(moment=Moment.SWEEP)
        erased = check(person, NOVEMBER, Area.SPOT)
        CheckRun.objects.filter(pk=erased.pk).update(result={})
    assert shown() == []
    for person in people:
        check(person, NOVEMBER, Area.FIAT)
    assert shown() == [("fiat", 5)]


def test_blockers_are_read_of_the_newest_checks_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blockers, "MOST_CHECKS", 5)
    people = accounts(5, NOVEMBER)
    for person in people:
        check(person, NOVEMBER, Area.SPOT)
        check(person, NOVEMBER + timedelta(days=1), Area.FIAT)
    assert shown() == [("fiat", 5)]
