"""Where somebody is signed in, and ending it elsewhere."""

from datetime import datetime

import pytest
from django.test import Client

from accounts import devices
from accounts.enums import Action, SessionKind
from accounts.models import Account, Event, Session
from tests.factories import PASSWORD, make_account
from tests.pages import house_rules, read, sign_in_by_mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("N06")]
PAGE = "/security/devices/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def test_sessions_are_named_by_browser_system_and_network(client: Client, ana: Account, now: datetime) -> None:
    other = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="203.0.113.77")
    sign_in_by_mail(other, ana, PASSWORD)
    sign_in_by_mail(client, ana, PASSWORD)
    page = read(client.get(PAGE))
    assert house_rules(page) == []
    assert "Firefox Linux" in page.text
    assert "203.0.0.0/16" in page.text
    assert page.text.count("This one") == 1
    [mine, theirs] = devices.of_account(ana, current=devices.digest_of(client.cookies["__Host-session"].value), now=now)
    assert (mine.current, theirs.current, theirs.browser) == (True, False, "Firefox")


def test_one_button_ends_all_others_and_half_finished_ones(client: Client, ana: Account, now: datetime) -> None:
    other, half = Client(), Client()
    sign_in_by_mail(other, ana, PASSWORD)
    sign_in_by_mail(client, ana, PASSWORD)
    half.post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD})
    bea = Client()
    sign_in_by_mail(bea, make_account("bea"), PASSWORD)
    assert client.post(PAGE)["Location"] == PAGE
    assert [each.get(PAGE).status_code for each in (client, other, bea)] == [200, 302, 200]
    assert half.get("/sign-in/code/").status_code == 302
    assert list(Session.objects.filter(account_id=ana.pk).values_list("kind", flat=True)) == [SessionKind.CUSTOMER]
    assert Event.objects.filter(action=Action.SESSIONS_ENDED, account_id=ana.pk).count() == 1
    assert "You are signed in nowhere else." in read(client.get(PAGE)).text


def test_sessions_of_others_are_not_listed(client: Client, ana: Account, now: datetime) -> None:
    sign_in_by_mail(Client(), make_account("bea"), PASSWORD)
    sign_in_by_mail(client, ana, PASSWORD)
    assert len(devices.of_account(ana, current=None, now=now)) == 1
