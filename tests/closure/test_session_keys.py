"""Who gives the codes for closing goes on under a key that nobody knew before (E04)."""

import pytest
from django.test import Client

from accounts.models import Account, Session
from closure.enums import Step
from tests.api import Caller
from tests.closure import api_walk
from tests.closure.walking import PAGES, codes, walk_to
from tests.factories import PASSWORD, make_account, totp_code
from tests.pages import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("E04")]

COOKIE = "__Host-session"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def thief_with(key: str) -> Client:
    """Return a browser that was given a stolen cookie."""
    client = Client()
    client.cookies[COOKIE] = key
    return client


def test_page_goes_on_under_a_new_key(client: Client, ana: Account) -> None:
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    walk_to(client, ana, Step.VERIFY)
    before = client.cookies[COOKIE].value
    expires = Session.objects.get().expires_at
    assert thief_with(before).get("/security/").status_code == 200
    client.post(PAGES[Step.VERIFY], codes(client, ana))
    assert client.cookies[COOKIE].value != before
    assert thief_with(before).get("/security/").status_code == 302
    assert client.get(PAGES[Step.DOCUMENT]).status_code == 200
    assert Session.objects.get().expires_at == expires


def test_call_goes_on_under_a_new_key(ana: Account) -> None:
    caller = Caller(ana)
    reference = api_walk.open_draft(caller)
    before = caller.client.cookies[COOKIE].value
    api_walk.verify(caller, ana, reference)
    assert caller.client.cookies[COOKIE].value != before
    assert thief_with(before).get("/api/v1/session/").json()["signed_in"] is False
    assert caller.get("session/").json()["signed_in"] is True
    api_walk.give_document(caller, reference)
