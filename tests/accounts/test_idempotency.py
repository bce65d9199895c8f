"""accounts.idempotency: one key, one answer."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from accounts import idempotency
from accounts.ids import uuid7
from accounts.models import IdempotentAnswer
from tests.races import race

pytestmark = pytest.mark.django_db

ANA, BEN = uuid7(), uuid7()
ROUTE = "POST /api/v1/closures/"


def claim(now: datetime, account: UUID = ANA, **changed: Any) -> IdempotentAnswer:
    facts: dict[str, Any] = {"route": ROUTE, "key": "k-1", "body": b"{}", "now": now, **changed}
    return idempotency.claim(account, **facts)


def test_claim_of_a_new_key_is_for_the_caller_to_answer(now: datetime) -> None:
    assert claim(now).http_status is None


def test_claim_again_gives_the_answer_kept(now: datetime) -> None:
    idempotency.keep(claim(now), http_status=201, answer='{"a":1}')
    again = claim(now)
    assert (again.http_status, again.answer) == (201, '{"a":1}')


def test_claim_with_another_body_is_refused(now: datetime) -> None:
    idempotency.keep(claim(now), http_status=201, answer="{}")
    with pytest.raises(idempotency.KeyReused):
        claim(now, body=b'{"x":1}')


def test_claim_while_the_first_call_runs_is_refused(now: datetime) -> None:
    claim(now)
    with pytest.raises(idempotency.StillWorking):
        claim(now + idempotency.GIVEN_UP - timedelta(seconds=1))


def test_claim_of_a_call_that_died_is_taken_over_once(now: datetime) -> None:
    claim(now)
    later = now + idempotency.GIVEN_UP
    assert claim(later).http_status is None
    with pytest.raises(idempotency.StillWorking):
        claim(later)


def test_claim_after_release_is_new(now: datetime) -> None:
    idempotency.release(claim(now))
    assert claim(now, body=b'{"x":1}').http_status is None


def test_release_of_an_answered_key_keeps_the_answer(now: datetime) -> None:
    row = claim(now)
    idempotency.keep(row, http_status=200, answer="{}")
    idempotency.release(row)
    assert claim(now).http_status == 200


@pytest.mark.parametrize("changed", [{"account": BEN}, {"route": "POST /api/v1/other/"}, {"key": "k-2"}])
def test_claim_is_bound_to_account_route_and_key(now: datetime, changed: dict[str, Any]) -> None:
    idempotency.keep(claim(now), http_status=200, answer="{}")
    assert claim(now, **changed).http_status is None


def test_claim_after_a_day_is_new(now: datetime) -> None:
    idempotency.keep(claim(now), http_status=200, answer="{}")
    assert claim(now + idempotency.KEPT, body=b'{"x":1}').http_status is None
    assert IdempotentAnswer.objects.count() == 1


def test_row_holds_neither_key_nor_body(now: datetime) -> None:
    claim(now, key="k-secret", body=b'{"password":"hunter2"}')
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_idempotentanswer")
        stored = b"|".join(
            bytes(v) if isinstance(v, memoryview | bytes) else str(v).encode() for v in cursor.fetchone()
        )
    assert b"hunter2" not in stored
    assert b"k-secret" not in stored


def test_old_answers_of_everybody_are_forgotten(now: datetime) -> None:
    for account in (ANA, BEN):
        idempotency.keep(claim(now, account), http_status=200, answer="{}")
    claim(now + timedelta(hours=1), key="k-2")
    assert idempotency.forget_old(now=now + idempotency.KEPT) == 2
    assert IdempotentAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_claim_by_many_at_once_is_one_caller_s(now: datetime) -> None:
    results = race(8, lambda: claim(now))
    refused = [result for result in results if isinstance(result, idempotency.StillWorking)]
    assert (len(results) - len(refused), len(refused)) == (1, 7)
