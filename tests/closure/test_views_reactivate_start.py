"""The way in to a disabled account: the link, and what is given beside it before anything is shown (J03, J07)."""

from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.enums import AccountStatus, MessageChannel, Purpose
from accounts.models import Account, OutboxMessage, StepUp
from accounts.recovering.invitations import is_behind
from closure.models import Evidence, Reactivation
from tests.accounts.verification.test_passkeys import add
from tests.authenticator import Authenticator
from tests.closure.light_pages import shown
from tests.closure.reactivating import disabled, token
from tests.factories import PASSWORD, make_account, totp_code
from tests.outbox import last_code
from tests.pages import read, without_csrf
from tests.recovering import invited, passwords_dead

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("J07")]
NOTE, DOCUMENT, REVIEW, SENT = (f"/reactivate/{name}/" for name in ("note", "document", "review", "sent"))


@pytest.fixture
def ana(now: datetime) -> Account:
    return disabled("ana", now=now)


def row() -> Reactivation:
    return Reactivation.objects.latest("id")


@pytest.mark.row("J16", "J17")
def test_answer_is_one_whoever_asks(client: Client, ana: Account) -> None:
    make_account("bea")
    make_account("cem", status=AccountStatus.CLOSED)
    page = shown(client, "/reactivate/")
    assert "A closed account can never be opened again." in page.text
    answers = []
    for contact in ("ana@example.test", "bea@example.test", "cem@example.test", "nobody@example.test", "no address"):
        answer = client.post("/reactivate/", {"contact": contact})
        assert (answer.status_code, answer["Location"]) == (302, "/reactivate/asked/")
        told: Any = client.get("/reactivate/asked/")
        answers.append(without_csrf(told))
    assert len(set(answers)) == 1
    assert OutboxMessage.objects.filter(template="reactivation_link").count() == 5


def test_link_is_used_by_the_button_alone_and_once(client: Client, ana: Account) -> None:
    link = f"/reactivate/{token(ana)}/"
    for _look in range(3):
        assert "works once" in shown(client, link).text
    assert client.get(NOTE)["Location"] == "/reactivate/"
    assert client.post(link)["Location"] == "/reactivate/prove/"
    assert (client.post(link).status_code, client.get(link).status_code) == (410, 410)


def test_link_alone_shows_and_does_nothing(client: Client, ana: Account) -> None:
    client.post(f"/reactivate/{token(ana)}/")
    for address in (NOTE, DOCUMENT, REVIEW, SENT, "/reactivate/withdraw/"):
        assert client.get(address)["Location"] == "/reactivate/prove/"
        assert client.post(address)["Location"] == "/reactivate/prove/"
    assert (Reactivation.objects.count(), Evidence.objects.count()) == (0, 0)
    page = shown(client, "/reactivate/prove/")
    # The link came by mail: a mailed code proves no more than it.
    assert ("Code by text message" in page.text, "Code by mail" in page.text) == (True, False)
    for typed in ({}, {"password": "wrong"}):
        answer = client.post("/reactivate/prove/", typed)
        assert (answer.status_code, "Error:" in read(answer).text) == (422, True)
    assert Reactivation.objects.count() == 0


@pytest.mark.row("L02", "L06")
def test_documents_stand_for_the_proof_where_two_of_staff_let_them(client: Client, ana: Account, now: datetime) -> None:
    client.post(f"/reactivate/{token(ana)}/")
    page = shown(client, "/reactivate/prove/")
    assert ("Write to us" in page.text, "I lost what gives the codes" in page.text) == (True, False)
    assert client.post("/reactivate/prove/", {"documents": "1"}).status_code == 410
    invited(ana, now=now)
    passwords_dead(ana, now=now)
    client.post(f"/reactivate/{token(ana)}/")
    assert "old password works no more" in shown(client, "/reactivate/prove/").text
    assert client.post("/reactivate/prove/", {"documents": "1"})["Location"] == NOTE
    assert (is_behind(row().pk), client.get(NOTE).status_code) == (True, 200)


@pytest.mark.row("J03")
def test_stranger_who_knows_the_address_does_not_shut_the_proof_behind_the_link(client: Client, ana: Account) -> None:
    for each in range(6):
        Client().post("/sign-in/", {"identifier": "ana@example.test", "password": f"Wrong-7-guess-{each}"})
    client.post(f"/reactivate/{token(ana)}/")
    answers = [client.post("/reactivate/prove/", {"password": f"Wrong-{each}"}).status_code for each in range(4)]
    assert (answers, client.post("/reactivate/prove/", {"password": PASSWORD})["Location"]) == ([422] * 4, NOTE)


def test_asking_for_documents_where_they_do_not_stand_uses_up_no_beginning(client: Client, ana: Account) -> None:
    for _each in range(6):
        client.post(f"/reactivate/{token(ana)}/")
        assert client.post("/reactivate/prove/", {"documents": "1"}).status_code == 410
    client.post(f"/reactivate/{token(ana)}/")
    assert client.post("/reactivate/prove/", {"password": PASSWORD})["Location"] == NOTE


@pytest.mark.parametrize("by", ["app", "text"])
def test_code_of_another_channel_opens_it(client: Client, ana: Account, by: str) -> None:
    client.post(f"/reactivate/{token(ana, MessageChannel.EMAIL)}/")
    page = shown(client, "/reactivate/prove/")
    keys = [each["name"] for each in page.every("input") if len(each.get("name", "")) == 36]
    if by == "app":
        typed = {keys[0]: totp_code(ana)}
    else:
        client.post("/reactivate/prove/", {"send": keys[1]})
        typed = {keys[1]: last_code(ana, channel="sms")}
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.post("/reactivate/prove/", typed)["Location"] == NOTE
    assert shown(client, NOTE).text.count(row().note) == 1
    # Who has proven themselves goes on under a key that nobody knew before.
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert client.get("/reactivate/prove/")["Location"] == NOTE


def test_passkey_opens_it(client: Client, now: datetime) -> None:
    key, ana = Authenticator(), make_account("ana")
    device = add(ana, key, now=now)
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.DISABLED)
    client.post(f"/reactivate/{token(ana)}/")
    client.post("/reactivate/prove/", {"send": str(device.pk)})
    assert "Use this passkey" in shown(client, "/reactivate/prove/").text
    begun = StepUp.objects.get(purpose=Purpose.REACTIVATE, used_at=None, replaced_at=None)
    options = client.post("/passkeys/options/", {"step_up": str(begun.pk), "factor": str(device.pk)}).json()
    assert client.post("/reactivate/prove/", {str(device.pk): key.answer(options)})["Location"] == NOTE
