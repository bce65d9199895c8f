"""API keys and withdrawal addresses over the gateway: listed, revoked and removed with a verification of their own."""

import pytest
from django.test import Client

from accounts import clock
from accounts.models import Account, Event
from closure import exchange
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerAddress, LedgerApiKey, LedgerEffect
from tests.changing_pages import begin, change, verify
from tests.closure.finalization.test_core_away import away
from tests.factories import PASSWORD, make_account
from tests.fakes.faulty_gateway import WRITES, FaultyGateway
from tests.outbox import messages, opened
from tests.pages import house_rules, read, sign_in_by_mail

pytestmark = pytest.mark.django_db(transaction=True)
KEYS, ADDRESSES = "/security/api-keys/", "/security/addresses/"
ACT = {"act": "1"}


@pytest.fixture
def ana(client: Client) -> Account:
    ana = make_account("ana")
    sign_in_by_mail(client, ana, PASSWORD)
    return ana


def key(account: Account, name: str) -> LedgerApiKey:
    return LedgerApiKey.objects.create(account_id=account.pk, key_id=name, label=f"bot {name}", scopes=["read"])


def address(account: Account, label: str, *, whitelisted: bool = False) -> LedgerAddress:
    return LedgerAddress.objects.create(
        account_id=account.pk, asset="BTC", network="BTC", address=f"bc1{label}", label=label, whitelisted=whitelisted
    )


def works(account: Account) -> list[str]:
    rows = LedgerApiKey.objects.filter(account_id=account.pk, revoked=False)
    return sorted(rows.values_list("key_id", flat=True))


def saved(account: Account) -> list[str]:
    return sorted(LedgerAddress.objects.filter(account_id=account.pk).values_list("label", flat=True))


def told_of(account: Account) -> list[tuple[str, str]]:
    """Return channel and kind of each message about a change."""
    found = messages(account, template="security_change")
    return [(each.channel, opened(each).context["what"]) for each in found]


@pytest.mark.row("M04", "N07")
def test_one_key_is_revoked_and_the_others_work_on(client: Client, ana: Account) -> None:
    for name in ("k/1", "k2", "all"):
        key(ana, name)
    page = read(client.get(KEYS))
    assert (house_rules(page), "bot k/1" in page.text) == ([], True)
    assert change(client, ana, f"{KEYS}k/1/revoke/")["Location"] == KEYS
    assert works(ana) == ["all", "k2"]
    assert change(client, ana, f"{KEYS}all/revoke/")["Location"] == KEYS
    assert works(ana) == ["k2"]
    assert Event.objects.filter(action="api_keys.revoked", account_id=ana.pk).count() == 2
    assert told_of(ana) == [(channel, "keys_revoked") for channel in ("email", "sms")] * 2


@pytest.mark.row("N07")
def test_all_keys_are_revoked_at_once(client: Client, ana: Account) -> None:
    key(ana, "k1")
    key(ana, "k2")
    theirs = key(make_account("bea"), "k3")
    change(client, ana, f"{KEYS}revoke/")
    theirs.refresh_from_db()
    assert (works(ana), theirs.revoked) == ([], False)
    assert "You have no API keys." in read(client.get(KEYS)).text


@pytest.mark.row("M04", "N05")
def test_addresses_show_the_whitelist_and_are_removed_for_good(client: Client, ana: Account) -> None:
    cold = address(ana, "cold", whitelisted=True)
    hot = address(ana, "hot")
    text = read(client.get(ADDRESSES)).text
    assert (text.count("On the whitelist"), text.count("Not on the whitelist")) == (1, 1)
    change(client, ana, f"{ADDRESSES}{hot.pk}/remove/")
    assert saved(ana) == [cold.label]
    change(client, ana, f"{ADDRESSES}remove/")
    assert saved(ana) == []
    assert told_of(ana) == [(channel, "addresses_removed") for channel in ("email", "sms")] * 2


@pytest.mark.row("D07")
def test_verification_for_one_revokes_no_other_and_once(client: Client, ana: Account) -> None:
    key(ana, "k1")
    key(ana, "k2")
    verify(client, ana, f"{KEYS}k1/revoke/")
    client.post(f"{KEYS}k2/revoke/", ACT)
    client.post(f"{KEYS}revoke/", ACT)
    assert works(ana) == ["k1", "k2"]
    client.post(f"{KEYS}k1/revoke/", ACT)
    client.post(f"{KEYS}k1/revoke/", ACT)
    assert works(ana) == ["k2"]
    assert LedgerEffect.objects.filter(account_id=ana.pk, call="revoke_keys").count() == 1


def test_things_of_others_are_not_there(client: Client, ana: Account) -> None:
    bea = make_account("bea")
    key(bea, "theirs")
    hers = address(bea, "hers")
    key(ana, "mine")
    address(ana, "mine")
    for page in (f"{KEYS}theirs/revoke/", f"{ADDRESSES}{hers.pk}/remove/"):
        assert (client.get(page).status_code, client.post(page, {"begin": "1"}).status_code) == (404, 404)


@pytest.mark.row("A19")
def test_core_that_does_not_answer_is_no_empty_list_and_keeps_the_verification(
    client: Client, ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    key(ana, "k1")
    one = f"{KEYS}k1/revoke/"
    verify(client, ana, one)
    core = FaultyGateway(LedgerGateway(clock.now), call="revoke_keys", writing={ana.pk: WRITES["unreachable"]})
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    answer = client.post(one, ACT)
    assert (answer.status_code, "does not answer" in answer.content.decode()) == (422, True)
    core.heal()
    with away(LedgerApiKey), away(LedgerAddress, under="away_too"):
        for page in (KEYS, ADDRESSES):
            text = read(client.get(page)).text
            assert ("we cannot tell" in text, "You have no" in text) == (True, False)
        assert client.post(f"{KEYS}revoke/", {"begin": "1"})["Location"] == KEYS
    client.post(one, ACT)
    assert works(ana) == []


def test_nothing_to_take_away_leads_back(client: Client, ana: Account) -> None:
    for page, back in ((f"{KEYS}revoke/", KEYS), (f"{ADDRESSES}remove/", ADDRESSES)):
        assert client.get(page)["Location"] == back


def test_session_alone_revokes_nothing(client: Client, ana: Account) -> None:
    key(ana, "k1")
    one = f"{KEYS}k1/revoke/"
    client.post(one, ACT)
    asked = begin(client, one)
    client.post(one, dict.fromkeys(asked, "000000"))
    client.post(one, ACT)
    assert works(ana) == ["k1"]


@pytest.mark.row("N05")
def test_whitelist_is_turned_on_by_one_press_and_off_after_a_verification(client: Client, ana: Account) -> None:
    page = read(client.get(ADDRESSES))
    assert (house_rules(page), "The whitelist is off." in page.text) == ([], True)
    assert client.get(f"{ADDRESSES}whitelist/on/").status_code == 405
    assert client.get(f"{ADDRESSES}whitelist/off/")["Location"] == ADDRESSES
    assert client.post(f"{ADDRESSES}whitelist/on/")["Location"] == ADDRESSES
    page = read(client.get(ADDRESSES))
    assert ("The whitelist is on." in page.text, "Turn off the whitelist" in page.text) == (True, True)
    off = read(client.get(f"{ADDRESSES}whitelist/off/"))
    assert (house_rules(off), "withdrawals are held for at least 24 hours" in off.text) == ([], True)
    assert change(client, ana, f"{ADDRESSES}whitelist/off/")["Location"] == ADDRESSES
    assert "Withdrawals are held until" in read(client.get(ADDRESSES)).text
    assert "Withdrawals are held until" in read(client.get("/security/")).text


@pytest.mark.row("N05")
def test_session_alone_turns_no_whitelist_off(client: Client, ana: Account) -> None:
    client.post(f"{ADDRESSES}whitelist/on/")
    off = f"{ADDRESSES}whitelist/off/"
    client.post(off, ACT)
    client.post(off, dict.fromkeys(begin(client, off), "000000"))
    client.post(off, ACT)
    assert "The whitelist is on." in read(client.get(ADDRESSES)).text


@pytest.mark.row("A19", "N05")
def test_whitelist_that_cannot_be_read_is_neither_on_nor_off(
    client: Client, ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = FaultyGateway(LedgerGateway(clock.now), call="whitelist_on", writing={ana.pk: WRITES["unreachable"]})
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    text = read(client.get(ADDRESSES)).text
    assert ["we cannot tell" in text, "whitelist is" in text] == [True, False]
    assert client.post(f"{ADDRESSES}whitelist/on/")["Location"] == ADDRESSES
    assert client.get(f"{ADDRESSES}whitelist/off/")["Location"] == ADDRESSES
    assert "does not answer" in read(client.get(ADDRESSES)).text
