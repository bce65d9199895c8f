"""Idempotency-Key: a call repeated gets the first answer and moves nothing twice."""

from typing import Any

import pytest

from accounts.models import Account, Attempt, IdempotentAnswer, OneTimeCode, StepUp
from closure.models import CheckRun, ClosureRequest
from closure.notes import NOTE_CODES
from tests.api import PROBLEM, Caller, problem
from tests.closure import api_walk as walk
from tests.factories import make_account

pytestmark = pytest.mark.django_db

OPEN: dict[str, Any] = {"acknowledged": list(NOTE_CODES)}


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def caller(ana: Account) -> Caller:
    return Caller(ana)


def same(first: Any, second: Any) -> bool:
    """Tell whether the second is the first again."""
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    return (first.status_code, first.content, first["Content-Type"]) == (
        second.status_code,
        second.content,
        second["Content-Type"],
    )


def test_opening_twice_is_one_answer_and_one_check(caller: Caller) -> None:
    first = caller.post("closures/", OPEN, Idempotency_Key="k")
    runs = CheckRun.objects.count()
    assert same(first, caller.post("closures/", OPEN, Idempotency_Key="k"))
    assert (ClosureRequest.objects.count(), CheckRun.objects.count()) == (1, runs)


def test_refusal_is_kept_as_well(caller: Caller) -> None:
    first = caller.post("closures/", {}, Idempotency_Key="k")
    second = caller.post("closures/", {}, Idempotency_Key="k")
    assert same(first, second)
    assert (second.status_code, second["Content-Type"]) == (400, PROBLEM)


def test_another_body_under_the_same_key_is_refused(caller: Caller) -> None:
    caller.post("closures/", OPEN, Idempotency_Key="k")
    problem(caller.post("closures/", {}, Idempotency_Key="k"), 422, "idempotency_mismatch")


def test_key_of_somebody_else_is_another_key(caller: Caller) -> None:
    first = caller.post("closures/", OPEN, Idempotency_Key="k").json()
    other = Caller(make_account("ben")).post("closures/", OPEN, Idempotency_Key="k")
    assert "Idempotent-Replayed" not in other
    assert other.json()["reference"] != first["reference"]


def test_verification_repeated_stays_the_one_begun(caller: Caller, ana: Account) -> None:
    reference = walk.open_draft(caller)
    path = f"closures/{reference}/verification/"
    assert same(*(caller.post(path, {}, Idempotency_Key="v") for _turn in range(2)))
    assert StepUp.objects.filter(purpose="close_account").count() == 1
    email = walk.begin_verification(caller, reference)["email"]
    assert same(*(caller.post(f"{path}{email}/challenge/", {}, Idempotency_Key="c") for _turn in range(2)))
    assert OneTimeCode.objects.filter(purpose="close_account").count() == 1


def test_wrong_code_repeated_is_one_attempt(caller: Caller) -> None:
    reference = walk.open_draft(caller)
    totp = walk.begin_verification(caller, reference)["totp"]
    path = f"closures/{reference}/verification/{totp}/"
    assert same(*(caller.post(path, {"code": "000000"}, Idempotency_Key="w") for _turn in range(2)))
    assert Attempt.objects.get(purpose="close_account", window="short").failures == 1


def test_answer_that_only_asks_for_patience_is_not_kept(caller: Caller) -> None:
    reference = walk.open_draft(caller)
    totp = walk.begin_verification(caller, reference)["totp"]
    for _turn in range(5):
        walk.give(caller, reference, totp, "000000")
    path = f"closures/{reference}/verification/{totp}/"
    for _turn in range(2):
        answer = caller.post(path, {"code": "000000"}, Idempotency_Key="p")
        problem(answer, 429, "too_many_attempts")
        assert "Idempotent-Replayed" not in answer
    assert not IdempotentAnswer.objects.exists()


def test_call_without_a_key_keeps_nothing(caller: Caller) -> None:
    caller.post("closures/", OPEN)
    assert not IdempotentAnswer.objects.exists()
