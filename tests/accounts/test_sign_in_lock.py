"""Guessing at a sign-in by its pages: a lock that no new start goes round, and that ends by itself."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction
from django.test import Client

from accounts.enums import FactorKind, Purpose
from accounts.exceptions import PortalError
from accounts.models import Account, Attempt, Session, StepUp, TotpDevice
from accounts.verification import enrollment, passkeys, step_up
from accounts.verification import sign_in as ceremony
from tests.authenticator import Authenticator
from tests.changing import proof_of
from tests.factories import PASSWORD, make_account, totp_code
from tests.pages import read, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

GUESSES = 40


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def factor_of(client: Client) -> str:
    page = read(client.get("/sign-in/code/"))
    return next(field["value"] for field in page.every("input") if field.get("name") == "factor")


def guess(client: Client, factor: str, account: Account) -> int:
    """Post a code that is wrong now and return the status of the answer."""
    wrong = "000000" if totp_code(account) != "000000" else "000001"
    return client.post("/sign-in/code/", {"factor": factor, "code": wrong}).status_code


def test_wrong_codes_end_in_a_lock(client: Client, ana: Account, advance: Callable[..., datetime]) -> None:
    client.post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD})
    factor = factor_of(client)
    assert [guess(client, factor, ana) for _number in range(GUESSES)] == [422] * 5 + [429] * (GUESSES - 5)
    locked = client.post("/sign-in/code/", {"factor": factor, "code": totp_code(ana)})
    assert (locked.status_code, 0 < int(locked.headers["Retry-After"]) <= 900) == (429, True)
    assert not Session.objects.filter(kind="customer").exists()
    advance(minutes=15)
    assert sign_in(Client(), "ana@example.test", PASSWORD, totp_code(ana)).status_code == 302


def test_starting_over_gives_no_new_guesses(ana: Account) -> None:
    answers = []
    for _number in range(7):
        client = Client()
        client.post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD})
        answers.append(guess(client, factor_of(client), ana))
    assert answers == [422] * 5 + [429] * 2


def every_factor(account: Account, now: datetime) -> list[str]:
    """Add backup codes and two passkeys to an account, and return all that it may sign in with."""
    enrollment.make_backup_codes(account, proof=proof_of(account, Purpose.BACKUP_CODES, now=now), now=now)
    for name in ("One", "Two"):
        TotpDevice.objects.filter(user=account).update(last_step=-1)
        proof = proof_of(account, Purpose.ENROLL_FACTOR, FactorKind.PASSKEY, now=now)
        options = passkeys.registration_options(StepUp.objects.get(pk=proof.step_up_id), account, now=now)
        enrollment.add_passkey(account, Authenticator().make(options), name=name, proof=proof, now=now)
    return [state.id for state in step_up.factors(ceremony.begin(account, now=now))]


def break_down() -> None:
    """Be a request that fails after its work, and takes that work back."""
    with transaction.atomic():
        Attempt.objects.all().delete()
        raise ZeroDivisionError


def test_three_hundred_wrong_codes_of_all_factors_end_in_a_lock_whatever_the_request_does(
    ana: Account, now: datetime
) -> None:
    factors = every_factor(ana, now)
    assert len(factors) == 6
    running, told = ceremony.begin(ana, now=now), []
    for number in range(300):
        if number % 3 == 1:
            running = ceremony.begin(ana, now=now)
        with pytest.raises(PortalError) as refused:
            step_up.answer(running, factors[number % 6], "000000x", now=now)
        told.append(refused.value.code)
        if number % 3 == 2:
            with pytest.raises(ZeroDivisionError):
                break_down()
    assert told == ["wrong_code"] * 5 + ["too_many_attempts"] * 295


@pytest.mark.row("M01")
def test_password_lock_looks_the_same_for_everybody(ana: Account) -> None:
    told = set()
    for identifier in ("ana@example.test", "nobody@example.test"):
        codes = [
            Client().post("/sign-in/", {"identifier": identifier, "password": "wrong"}).status_code
            for _number in range(20)
        ]
        told.add(tuple(codes))
    assert told == {(422,) * 5 + (429,) * 15}


@pytest.mark.row("M01")
def test_lock_does_not_tell_which_address_and_phone_are_of_one_account(ana: Account) -> None:
    make_account("bea")
    told = []
    for first, then in (("ana@example.test", str(ana.phone)), ("bea@example.test", "+14155559999")):
        names = [first] * 6 + [then] * 6
        answers = [Client().post("/sign-in/", {"identifier": name, "password": "wrong"}) for name in names]
        told.append([answer.status_code for answer in answers])
    assert told == [([422] * 5 + [429]) * 2] * 2


def test_both_names_of_an_account_share_its_five_tries(ana: Account, advance: Callable[..., datetime]) -> None:
    right = {"identifier": str(ana.phone), "password": PASSWORD}
    for _number in range(5):
        Client().post("/sign-in/", {"identifier": "ana@example.test", "password": "wrong"})
    assert Client().post("/sign-in/", right).status_code == 422
    advance(minutes=15)
    assert Client().post("/sign-in/", right).status_code == 302
