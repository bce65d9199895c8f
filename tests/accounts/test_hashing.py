"""Hashing has so many places: who finds none is asked to come back, and loses no attempt."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import hashing, sign_in
from accounts.exceptions import TooManyAttempts
from accounts.models import Attempt
from tests.factories import PASSWORD, make_account
from tests.pages import house_rules, read

pytestmark = pytest.mark.django_db
TRY = {"identifier": "ana@example.test", "password": PASSWORD}


@pytest.fixture
def full(settings: Any, now: datetime) -> Iterator[None]:
    """Every place is taken."""
    settings.PASSWORD_HASH_WAIT = 0.01
    with ExitStack() as taken:
        for _place in range(settings.PASSWORD_HASHES_AT_ONCE):
            taken.enter_context(hashing.slot(now=now))
        yield


def test_place_is_free_again_whatever_becomes_of_the_work(settings: Any, now: datetime) -> None:
    settings.PASSWORD_HASH_WAIT = 0.01
    for _turn in range(settings.PASSWORD_HASHES_AT_ONCE + 1):
        with pytest.raises(ValueError, match="broken"), hashing.slot(now=now):
            raise ValueError("broken")
    assert hashing.matches(PASSWORD, hashing.make(PASSWORD, now=now), now=now)


def test_full_is_said_with_the_time_and_costs_no_attempt(full: None, now: datetime) -> None:
    ana = make_account("ana")
    calls: list[Callable[[], object]] = [
        lambda: sign_in.check_password("ana@example.test", PASSWORD, now=now),
        lambda: sign_in.check_password("nobody@example.test", PASSWORD, now=now),
        lambda: sign_in.confirm_password(ana, PASSWORD, now=now),
    ]
    for call in calls:
        with pytest.raises(TooManyAttempts) as refused:
            call()
        assert (refused.value.code, refused.value.retry_at) == ("busy", now + timedelta(seconds=10))
    assert set(Attempt.objects.values_list("failures", flat=True)) == {0}


def test_page_and_api_answer_429_to_everybody(full: None, client: Client) -> None:
    make_account("ana")
    answers = [client.post("/sign-in/", {**TRY, "identifier": who}) for who in ("ana@example.test", "no@example.test")]
    assert [answer.status_code for answer in answers] == [429, 429]
    assert 0 < int(answers[0].headers["Retry-After"]) <= 10
    assert house_rules(read(answers[0])) == []
    client.get("/api/v1/session/")
    refused = client.post("/api/v1/session/", TRY, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (429, "busy")
    assert 0 < int(refused.headers["Retry-After"]) <= 10
