"""Limits that hold whoever asks: exact under a race, kept by a rollback, over by themselves."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts import clock, tallies
from accounts.models import Tally
from accounts.tallies import Limit, LimitReached, Use
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
THREE = Limit(name="three", most=3, within=HOUR)
TWO = Limit(name="two", most=2, within=HOUR)


def test_limit_ends_by_itself_and_says_when(now: datetime) -> None:
    use = Use(limit=THREE, of="somebody")
    for minute in range(3):
        tallies.spend([use], now=now + timedelta(minutes=minute))
    with pytest.raises(LimitReached) as refused:
        tallies.spend([use], now=now + timedelta(minutes=59))
    assert (refused.value.limit, refused.value.retry_at) == ("three", now + HOUR)
    tallies.spend([Use(limit=THREE, of="somebody else")], now=now)
    tallies.spend([use], now=now + HOUR)
    assert Tally.objects.get(subject=use.subject).used == 1


def test_all_limits_are_taken_or_none(now: datetime) -> None:
    narrow, wide = Use(limit=TWO, of="x"), Use(limit=THREE, of="y")
    for _number in range(2):
        tallies.spend([wide, narrow], now=now)
    with pytest.raises(LimitReached):
        tallies.spend([wide, narrow], now=now)
    assert dict(Tally.objects.values_list("purpose", "used")) == {"two": 2, "three": 2}


def test_use_given_back_can_be_spent_again(now: datetime) -> None:
    use = Use(limit=TWO, of="x")
    for _number in range(5):
        tallies.spend([use], now=now)
        tallies.give_back(use, now=now)
    assert Tally.objects.get().used == 0
    tallies.give_back(use, now=now)
    assert Tally.objects.get().used == 0


def test_rollback_of_the_work_frees_nothing(now: datetime) -> None:
    use = Use(limit=TWO, of="x")
    for _number in range(2):
        tallies.spend([use], now=now)
        with pytest.raises(ValueError, match="work"), transaction.atomic():
            raise ValueError("work")
    with pytest.raises(LimitReached):
        tallies.spend([use], now=now)
    with transaction.atomic(), pytest.raises(RuntimeError):
        tallies.spend([use], now=now)


def test_race_takes_no_more_than_there_is(now: datetime) -> None:
    ten = Use(limit=Limit(name="ten", most=10, within=HOUR), of="x")
    spend: Callable[[], None] = lambda: tallies.spend([ten], now=now)  # noqa: E731
    results = race(16, spend)
    assert [type(found) for found in results].count(LimitReached) == 6
    assert Tally.objects.get().used == 10


def test_rows_name_nobody_and_go_after_a_day() -> None:
    now = clock.now()
    tallies.spend([Use(limit=THREE, of="ana@example.test")], now=now)
    assert "ana" not in str(Tally.objects.values().get())
    assert (tallies.forget_old(now=now + timedelta(hours=23)), Tally.objects.count()) == (0, 1)
    assert (tallies.forget_old(now=now + timedelta(days=1)), Tally.objects.count()) == (1, 0)
