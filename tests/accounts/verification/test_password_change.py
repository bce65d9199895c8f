"""Changing the password: a fresh factor and the old one, never one from before; everywhere else the session ends."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client

from accounts.enums import Purpose
from accounts.exceptions import ProofRefused
from accounts.models import Account, Event, OutboxMessage, Session, TotpDevice
from accounts.verification import changes, step_up
from accounts.verification.password_change import change_password
from tests.factories import PASSWORD, make_account, totp_code
from tests.outbox import messages
from tests.pages import house_rules, read, sign_in, sign_in_by_mail

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/security/password/"
NEXT = "Blue-7-lamp-over-water"


@pytest.fixture
def ana(client: Client) -> Account:
    """Ana is signed in."""
    account = make_account("ana")
    sign_in(client, "ana@example.test", PASSWORD, totp_code(account))
    OutboxMessage.objects.all().delete()
    return account


def prove(client: Client, account: Account) -> Any:
    """Give a fresh factor on the page."""
    client.post(PAGE, {"begin": "1"})
    return client.post(PAGE, {str(TotpDevice.objects.get(user=account).pk): totp_code(account)})


def given(current: str = PASSWORD, password: str = NEXT) -> dict[str, str]:
    return {"act": "1", "current": current, "password": password}


@pytest.mark.row("N01", "M04")
def test_new_password_is_taken_told_and_journalled(client: Client, ana: Account) -> None:
    elsewhere = Client()
    sign_in(elsewhere, "ana@example.test", PASSWORD, totp_code(ana))
    OutboxMessage.objects.all().delete()
    prove(client, ana)
    assert client.post(PAGE, given())["Location"] == "/security/"
    ana.refresh_from_db()
    assert check_password(NEXT, ana.password)
    assert "Your password is changed." in read(client.get("/security/")).text
    assert elsewhere.get("/security/").status_code == 302
    assert [message.channel for message in messages(ana, template="password_changed")] == ["email", "sms"]
    assert Event.objects.get(action="password.changed").actor == f"customer:{ana.pk}"


def test_session_goes_on_under_a_new_key_after_each_step(client: Client, ana: Account) -> None:
    keys = [client.cookies["__Host-session"].value]
    prove(client, ana)
    keys.append(client.cookies["__Host-session"].value)
    client.post(PAGE, given())
    keys.append(client.cookies["__Host-session"].value)
    assert len(set(keys)) == 3
    assert Session.objects.filter(account_id=ana.pk).count() == 1
    assert client.get("/security/").status_code == 200


def test_session_alone_changes_nothing(client: Client, ana: Account) -> None:
    client.post(PAGE, given())
    client.post(PAGE, {"begin": "1"})
    client.post(PAGE, given())
    ana.refresh_from_db()
    assert check_password(PASSWORD, ana.password)


@pytest.mark.row("N01")
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (given(current="wrong"), "That password is not right."),
        (given(password="short"), "at least 12"),
        (given(password=PASSWORD), "You used this password here before."),
        (given(password=""), "Choose a password."),
        (given(current=""), "Enter your password."),
    ],
)
def test_refusal_is_said_and_costs_no_code(client: Client, ana: Account, fields: dict[str, str], words: str) -> None:
    prove(client, ana)
    answer = client.post(PAGE, fields)
    page = read(answer)
    assert (answer.status_code, words in page.text, house_rules(page)) == (422, True, [])
    assert client.post(PAGE, given())["Location"] == "/security/"


def test_wrong_passwords_have_their_budget(client: Client, ana: Account) -> None:
    prove(client, ana)
    answers = [client.post(PAGE, given(current="wrong")) for _number in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


def test_proof_of_something_else_changes_nothing(ana: Account, now: datetime) -> None:
    begun = changes.begin(ana, Purpose.BACKUP_CODES, now=now)
    step_up.answer(begun, TotpDevice.objects.get(user=ana).pk, totp_code(ana), now=now)
    proof = changes.prove(ana, Purpose.BACKUP_CODES, now=now)
    with pytest.raises(ProofRefused):
        change_password(ana, current=PASSWORD, password=NEXT, proof=proof, keep=None, now=now)
    assert Event.objects.filter(action="password.changed").count() == 0


def test_who_has_only_mail_proves_it_by_mail(client: Client) -> None:
    bea = make_account("bea", phone=None, totp=False)
    sign_in_by_mail(client, bea, PASSWORD)
    client.post(PAGE, {"begin": "1"})
    device = str(bea.email_devices.get().pk)
    code = messages(bea, template="confirmation_code")
    assert len(code) == 1
    assert client.post(PAGE, {device: "000000"}).status_code == 422
