"""Coming back by the pages: sign-in leads to the list, each task to its page and back, the end opens withdrawing."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import announcements
from accounts.actors import Actor
from accounts.announcements import Words
from accounts.enums import Role
from accounts.models import Account, EmailDevice, SmsDevice, TotpDevice
from closure.exchange.ledger.telling import tell
from closure.models import WelcomeBack
from closure.operations import whitelist
from closure.operations.core_events import pull
from tests.api import Caller
from tests.changing_pages import change, verify
from tests.closure.clearing import hold
from tests.closure.exchange.contract import spot
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.outbox import last_code
from tests.pages import house_rules, read

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, CODE = "/welcome-back/", "/sign-in/code/"
NEW = "another-Horse-9-harbor!"


@pytest.fixture
def ana(now: datetime) -> Account:
    account = make_account("ana", status="dormant", last_active_at=now - timedelta(days=900))
    hold(account, holdings=[spot("BTC", "0.5", "31250")])
    return account


def wake(client: Client, account: Account) -> Any:
    """Sign in with both codes; returns the last answer."""
    client.post("/sign-in/", {"identifier": str(account.email), "password": PASSWORD})
    app, mail = (str(kind.objects.get(user=account).pk) for kind in (TotpDevice, EmailDevice))
    client.post(CODE, {"factor": app, "code": totp_code(account)})
    client.post(CODE, {"send": mail})
    return client.post(CODE, {"factor": mail, "code": last_code(account)})


@pytest.mark.row("I07", "I09", "I10", "J05", "N01", "N02", "N03", "N04", "N05", "N06", "N07")
def test_list_says_what_happened_and_what_to_do(client: Client, ana: Account, now: datetime) -> None:
    order = {"area": "orders", "kind": "limit", "symbol": "BTC/USDT", "side": "buy", "amount": "1", "price": "2"}
    hold(ana, orders=[{**order, "external_id": "o-1"}])
    Account.objects.filter(pk=ana.pk).update(identity_status="refresh_due")
    for days, told in ((1000, "GONE"), (10, "OLD")):
        facts = {"asset": told, "into": "SOL", "amount": "1.5"}
        tell(ana.pk, "migrated", facts, now=now - timedelta(days=days))
    pull(now)
    assert wake(client, ana)["Location"] == PAGE
    page = read(client.get(PAGE))
    assert house_rules(page) == []
    assert "then you can withdraw again. You can look at everything now." in page.text
    assert "OLD became SOL: you have 1.5 SOL now." in page.text
    assert "GONE" not in page.text
    assert "1 order is still open." in page.text
    assert "Your identity check is due again." in page.text
    assert "Sign in every few months." in page.text
    assert "1 of 8 done" in page.text
    links = [link.get("href") for link in page.every("a")]
    for place in ("password", "contact", "factors", "anti-phishing", "addresses", "sign-ins", "api-keys"):
        assert f"/security/{place}/" in links
        assert PAGE in [link.get("href") for link in read(client.get(f"/security/{place}/")).every("a")]


@pytest.mark.row("I07")
def test_list_says_what_was_announced_since_the_owner_was_here(client: Client, ana: Account, now: datetime) -> None:
    wake(client, ana)
    page = read(client.get(PAGE))
    assert "We have announced nothing since you were last here." in page.text
    lea = Actor.staff(make_staff("lea", Role.LEAD))
    for title, days in (("Before", 1000), ("Passkeys are here", 100), ("Next week", -7)):
        words = {"en": Words(title=title, text="Look under Your factors.")}
        starts = now - timedelta(days=days)
        announcements.publish(words, starts_at=starts, ends_at=None, actor=lea, now=min(starts, now))
    page = read(client.get(PAGE))
    assert house_rules(page) == []
    assert [title in page.text for title in ("Before", "Passkeys are here", "Next week")] == [False, True, False]
    assert "announced nothing" not in page.text


@pytest.mark.row("J06")
def test_wallets_are_shown_whole_and_then_done(client: Client, ana: Account) -> None:
    wake(client, ana)
    page = read(client.get(f"{PAGE}wallets/"))
    assert house_rules(page) == []
    assert "0.5 BTC" in page.text
    assert "Nothing in: Funding" in page.text
    assert client.post(PAGE, {"task": "wallets"})["Location"] == PAGE
    assert "2 of 8 done" in read(client.get(PAGE)).text


@pytest.mark.row("I05", "J06", "N01", "N02", "N04", "N05", "N06", "N07")
def test_finished_list_opens_withdrawing(client: Client, ana: Account, now: datetime) -> None:
    wake(client, ana)
    refused = client.post(PAGE, {"finish": "1"}, follow=True)
    assert "Some of the list is not done yet." in read(refused).text
    assert "First finish your welcome-back list." in read(client.get("/close/check/withdraw_crypto/", follow=True)).text
    assert change(client, ana, "/security/password/", current=PASSWORD, password=NEW).status_code == 302
    assert change(client, ana, "/security/anti-phishing/", code="blue harbor").status_code == 302
    assert "Turn the whitelist on first." in read(client.post(PAGE, {"task": "whitelist"}, follow=True)).text
    client.post("/security/addresses/whitelist/on/")
    for task in ("wallets", "contacts", "whitelist", "devices", "api_keys", "nothing"):
        client.post(PAGE, {"task": task})
    page = read(client.get(PAGE))
    assert ("8 of 8 done" in page.text, whitelist.is_on(ana)) == (True, True)
    done = read(client.post(PAGE, {"finish": "1"}, follow=True))
    assert "Everything is open to you again." in done.text
    assert WelcomeBack.objects.get(account=ana).finished_at is not None
    assert "There is nothing to look through." in done.text
    assert PAGE not in [link.get("href") for link in read(client.get("/security/")).every("a")]
    assert "welcome-back" not in client.get("/close/check/withdraw_crypto/").content.decode()


@pytest.mark.row("N03")
def test_authenticator_is_bound_from_the_list(client: Client, now: datetime) -> None:
    ana = make_account("ana", totp=False, status="dormant", last_active_at=now - timedelta(days=900))
    client.post("/sign-in/", {"identifier": str(ana.email), "password": PASSWORD})
    for kind in (SmsDevice, EmailDevice):
        factor = str(kind.objects.get(user=ana).pk)
        client.post(CODE, {"send": factor})
        client.post(CODE, {"factor": factor, "code": last_code(ana, channel=kind.kind.value)})
    assert "0 of 8 done" in read(client.get(PAGE)).text
    assert "/security/factors/" in [link.get("href") for link in read(client.get(PAGE)).every("a")]
    assert "/security/factors/totp/" in [link.get("href") for link in read(client.get("/security/factors/")).every("a")]
    verify(client, ana, "/security/factors/totp/")
    client.get("/security/factors/totp/")
    client.post("/security/factors/totp/", {"act": "1", "code": totp_code(ana)})
    assert TotpDevice.objects.get(user=ana).confirmed is True
    assert "1 of 8 done" in read(client.get(PAGE)).text


@pytest.mark.row("I03")
def test_next_sign_in_leads_back_to_an_unfinished_list_and_api_says_so(client: Client, ana: Account) -> None:
    wake(client, ana)
    client.post("/sign-out/")
    client.post("/sign-in/", {"identifier": str(ana.email), "password": PASSWORD})
    factor = str(TotpDevice.objects.get(user=ana).pk)
    assert client.post(CODE, {"factor": factor, "code": totp_code(ana)})["Location"] == PAGE
    assert PAGE in [link.get("href") for link in read(client.get("/security/")).every("a")]
    due = Caller(ana).get("account/").json()["due"]
    assert [each["code"] for each in due] == ["welcome_back"]


def test_inactive_account_wakes_without_a_list(client: Client, now: datetime) -> None:
    ben = make_account("ben", status="inactive", last_active_at=now - timedelta(days=300))
    client.post("/sign-in/", {"identifier": "ben@example.test", "password": PASSWORD})
    factor = str(TotpDevice.objects.get(user=ben).pk)
    assert client.post(CODE, {"factor": factor, "code": totp_code(ben)})["Location"] == "/security/"
    assert "There is nothing to look through." in read(client.get(PAGE)).text
    assert WelcomeBack.objects.count() == 0
