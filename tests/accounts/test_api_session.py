"""Signing in and out by the API."""

from datetime import datetime

import pytest

from accounts.enums import AccountStatus
from accounts.models import Account, OneTimeCode, OutboxMessage, Session, StepUp
from accounts.verification import sign_in as ceremony
from tests.api import Caller, problem
from tests.factories import PASSWORD, make_account, make_staff, totp_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def factor_id(factors: list[dict[str, str]], kind: str) -> str:
    return next(each["id"] for each in factors if each["kind"] == kind)


def test_session_of_a_visitor_names_nobody() -> None:
    answer = Caller().get("session/").json()
    assert (answer["signed_in"], answer["account"], len(answer["csrf"])) == (False, None, 64)


def test_password_gives_factors_and_no_session(ana: Account) -> None:
    caller = Caller()
    answer = caller.post("session/", {"identifier": "ana@example.test", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["next"] == "code"
    assert sorted(each["kind"] for each in answer.json()["factors"]) == ["email", "sms", "totp"]
    assert all(each.keys() == {"id", "kind", "hint"} for each in answer.json()["factors"])
    assert "ana@example.test" not in answer.content.decode()
    session = caller.get("session/").json()
    assert (session["signed_in"], session["account"]) == (False, None)


@pytest.mark.row("L07")
def test_code_signs_in_with_a_new_key_and_token(ana: Account) -> None:
    caller = Caller()
    factors = caller.give_password(ana)
    before, old_token = caller.client.cookies["__Host-session"].value, caller.csrf
    answer = caller.post("session/code/", {"factor": factor_id(factors, "totp"), "code": totp_code(ana)})
    assert (answer.status_code, answer.json()["signed_in"]) == (200, True)
    assert caller.client.cookies["__Host-session"].value != before
    session = caller.get("session/").json()
    assert session["account"] == {"email": ana.email, "phone": ana.phone, "name": ana.name, "is_staff": False}
    caller.csrf = old_token
    problem(caller.delete("session/"), 403, "csrf_failed")


def test_code_that_is_wrong_signs_nobody_in(ana: Account) -> None:
    caller = Caller()
    factors = caller.give_password(ana)
    answer = caller.post("session/code/", {"factor": factor_id(factors, "totp"), "code": "000000"})
    assert problem(answer, 400, "wrong_code")["errors"][0]["field"] == "code"
    assert caller.get("session/").json()["signed_in"] is False


def test_code_of_a_stranger_s_factor_signs_nobody_in(ana: Account) -> None:
    ben = make_account("ben")
    strange = factor_id(Caller().give_password(ben), "totp")
    caller = Caller()
    caller.give_password(ana)
    problem(caller.post("session/code/", {"factor": strange, "code": totp_code(ben)}), 400, "wrong_code")


def test_code_after_five_wrong_ones_waits(ana: Account) -> None:
    caller = Caller()
    factor = factor_id(caller.give_password(ana), "totp")
    for _turn in range(5):
        caller.post("session/code/", {"factor": factor, "code": "000000"})
    answer = caller.post("session/code/", {"factor": factor, "code": totp_code(ana)})
    problem(answer, 429, "too_many_attempts")
    assert 0 < int(answer["Retry-After"]) <= 15 * 60


def test_code_after_the_window_starts_over(ana: Account, now: datetime) -> None:
    caller = Caller()
    factor = factor_id(caller.give_password(ana), "totp")
    StepUp.objects.update(expires_at=now)
    answer = caller.post("session/code/", {"factor": factor, "code": totp_code(ana)})
    problem(answer, 409, "verification_expired")
    caller.csrf = ""
    problem(caller.post("session/code/", {"factor": factor, "code": totp_code(ana)}), 401, "not_signed_in")


def test_code_without_a_password_is_refused(ana: Account, now: datetime) -> None:
    ceremony.begin(ana, now=now)
    answer = Caller().post("session/code/", {"factor": str(ana.pk), "code": totp_code(ana)})
    problem(answer, 401, "not_signed_in")


def test_challenge_sends_one_code(ana: Account) -> None:
    caller = Caller()
    factor = factor_id(caller.give_password(ana), "email")
    for _turn in range(2):
        answer = caller.post("session/challenge/", {"factor": factor}, Idempotency_Key="once")
        assert (answer.status_code, answer.json()) == (202, {"sent": True})
    assert OneTimeCode.objects.count() == 1
    assert OutboxMessage.objects.filter(template="sign_in_code").count() == 1


def test_challenge_without_a_password_is_refused(ana: Account) -> None:
    problem(Caller().post("session/challenge/", {"factor": str(ana.pk)}), 401, "not_signed_in")


def test_delete_signs_out(ana: Account) -> None:
    caller = Caller(ana)
    assert caller.delete("session/").status_code == 204
    assert Session.objects.count() == 0
    assert caller.get("session/").json()["signed_in"] is False


def test_delete_by_a_visitor_changes_nothing() -> None:
    assert Caller().delete("session/").status_code == 204


@pytest.mark.row("L07")
def test_staff_sign_in_with_a_second_factor_only() -> None:
    sam = make_staff("sam")
    assert [each["kind"] for each in Caller().give_password(sam)] == ["totp"]
    assert Caller(sam).get("session/").json()["account"]["is_staff"] is True


@pytest.mark.row("M01")
def test_every_failure_is_the_same_answer(ana: Account) -> None:
    for name, status in (("bea", "frozen"), ("cai", "disabled"), ("dot", "closed")):
        make_account(name, status=AccountStatus(status))
    bodies: list[object] = [
        {"identifier": "ana@example.test", "password": "not-the-password"},
        {"identifier": "bea@example.test", "password": PASSWORD},
        {"identifier": "cai@example.test", "password": PASSWORD},
        {"identifier": "dot@example.test", "password": PASSWORD},
        {"identifier": "eve@example.test", "password": PASSWORD},
        {"identifier": "bea@example.test", "password": "not-the-password"},
        {"identifier": "not an address", "password": "x"},
        {"identifier": "", "password": ""},
        {"identifier": ["ana@example.test"], "password": {"a": 1}},
        {"identifier": "a" * 10_000, "password": "b" * 10_000},
        {"identifier": "ana@example.test\x00", "password": "\x00"},
        {"identifier": None},
        {},
    ]
    answers = set()
    for body in bodies:
        caller = Caller()
        answer = caller.post("session/", body)
        problem(answer, 400, "sign_in_failed")
        answers.add((answer.content, tuple(sorted(answer.headers.items())), answer.cookies.output()))
    assert len(answers) == 1


@pytest.mark.row("M01")
def test_failures_spend_a_budget_whether_or_not_somebody_is_there(ana: Account) -> None:
    counts = []
    for identifier in ("ana@example.test", "eve@example.test"):
        caller = Caller()
        body = {"identifier": identifier, "password": "not-the-password"}
        counts.append([caller.post("session/", body).status_code for _turn in range(7)])
    assert counts == [[400] * 5 + [429] * 2] * 2


def test_password_without_the_token_is_refused(ana: Account) -> None:
    caller = Caller()
    caller.csrf = "x" * 64
    problem(caller.post("session/", {"identifier": ana.email, "password": PASSWORD}), 403, "csrf_failed")
