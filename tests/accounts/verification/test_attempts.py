"""Budgets: spent before the work, kept whatever becomes of the request, ending by themselves."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.exceptions import TooManyAttempts
from accounts.models import Attempt
from accounts.verification import attempts
from accounts.verification.attempts import give_back, spend, spend_quietly, stand_in
from tests.races import race

ANA, BEA = UUID(int=1), UUID(int=2)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def spend_often(times: int, *, now: datetime, apart: timedelta = timedelta(), purpose: str = "sign_in") -> int:
    """Spend `times` attempts and return how many were granted."""
    granted = 0
    for number in range(times):
        try:
            spend(ANA, purpose, now=now + apart * number)
        except TooManyAttempts:
            continue
        granted += 1
    return granted


def test_five_failures_end_the_budget(now: datetime) -> None:
    assert spend_often(300, now=now) == 5


def test_refusal_says_when_it_ends(now: datetime) -> None:
    spend_often(5, now=now)
    with pytest.raises(TooManyAttempts) as refused:
        spend(ANA, "sign_in", now=now + MINUTE)
    assert refused.value.retry_at == now + timedelta(minutes=15)


def test_budget_ends_by_itself(now: datetime) -> None:
    spend_often(6, now=now)
    assert spend_often(1, now=now + timedelta(minutes=15) - timedelta(microseconds=1)) == 0
    assert spend_often(6, now=now + timedelta(minutes=15)) == 5


@pytest.mark.parametrize("apart", [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=3, seconds=1)])
def test_no_fifteen_minutes_hold_more_than_five_failures(now: datetime, apart: timedelta) -> None:
    granted = []
    for number in range(60):
        moment = now + apart * number
        if spend_often(1, now=moment):
            granted.append(moment)
    crowded = [sum(start <= other < start + timedelta(minutes=15) for other in granted) for start in granted]
    assert max(crowded) == 5


def test_twenty_failures_end_the_day(now: datetime) -> None:
    assert spend_often(30, now=now, apart=timedelta(minutes=16)) == 20
    with pytest.raises(TooManyAttempts) as refused:
        spend(ANA, "sign_in", now=now + timedelta(hours=10))
    assert refused.value.retry_at == now + timedelta(days=1)
    assert spend_often(1, now=now + timedelta(days=1)) == 1


def test_refused_attempt_takes_nothing_from_the_other_window(now: datetime) -> None:
    spend_often(30, now=now)
    day = Attempt.objects.get(subject=ANA, purpose="sign_in", window="day")
    assert day.failures == 5


def test_quiet_budget_ends_after_five_with_the_same_statements(now: datetime) -> None:
    told = []
    for _number in range(7):
        with CaptureQueriesContext(connection) as queries:
            told.append((spend_quietly(ANA, "password", now=now), len(queries)))
    assert [taken for taken, _count in told] == [True] * 5 + [False] * 2
    assert len({count for _taken, count in told}) == 1
    with pytest.raises(TooManyAttempts):
        spend(ANA, "password", now=now)


def test_success_gives_one_attempt_back(now: datetime) -> None:
    spend_often(5, now=now)
    give_back(ANA, "sign_in", now=now)
    assert spend_often(3, now=now) == 1


def test_giving_back_never_goes_below_zero(now: datetime) -> None:
    spend(ANA, "sign_in", now=now)
    give_back(ANA, "sign_in", now=now)
    give_back(ANA, "sign_in", now=now)
    assert set(Attempt.objects.values_list("failures", flat=True)) == {0}


def test_purposes_and_people_have_budgets_of_their_own(now: datetime) -> None:
    spend_often(5, now=now)
    assert spend_often(5, now=now, purpose="close_account") == 5
    spend(BEA, "sign_in", now=now)
    assert Attempt.objects.get(subject=BEA, window="short").failures == 1


def test_old_counters_are_forgotten(now: datetime) -> None:
    spend(ANA, "sign_in", now=now - timedelta(days=1))
    spend(BEA, "sign_in", now=now)
    assert attempts.forget_old(now=now) == 2
    assert set(Attempt.objects.values_list("subject", flat=True)) == {BEA}


def test_stand_in_is_the_same_for_the_same_text_and_no_plain_text() -> None:
    assert stand_in("email:nobody@example.test") == stand_in("email:nobody@example.test")
    assert stand_in("email:nobody@example.test") != stand_in("email:other@example.test")


@pytest.mark.django_db(transaction=True)
def test_attempt_outlives_a_rolled_back_operation(now: datetime) -> None:
    def request() -> None:
        spend(ANA, "sign_in", now=now)
        with transaction.atomic():
            Attempt.objects.filter(subject=ANA).update(failures=0)
            raise ZeroDivisionError

    for _number in range(300):
        with pytest.raises((ZeroDivisionError, TooManyAttempts)):
            request()
    assert Attempt.objects.get(subject=ANA, window="short").failures == 5


@pytest.mark.django_db(transaction=True)
def test_attempt_cannot_be_spent_inside_a_transaction(now: datetime) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        spend(ANA, "sign_in", now=now)
    assert Attempt.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_racing_attempts_share_one_budget(now: datetime) -> None:
    results = race(16, lambda: spend(ANA, "sign_in", now=now))
    refused = [result for result in results if isinstance(result, TooManyAttempts)]
    assert (len(refused), results.count(None)) == (11, 5)
