"""Balances and history while frozen, by a code of another channel than the link, where the preset shows them (E02)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, EmailDevice, Event, TotpDevice
from closure import reading
from closure.enums import ClosureState
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.models import LedgerHolding, LedgerTransaction
from closure.models import ClosureRequest
from closure.policy import loader
from tests.closure.exporting import give_history
from tests.closure.finalization.test_core_away import away
from tests.closure.links import in_status
from tests.closure.scenes import make_request
from tests.factories import make_account, totp_code
from tests.pages import house_rules, read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("E02", "E07")]
S = ClosureState
OPEN, BALANCES, HISTORY = "/status/open/", "/status/balances/", "/status/history/"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def request_(ana: Account, now: datetime) -> ClosureRequest:
    return make_request(ana, S.COOLING_OFF, now=now, pinned=loader.load("binance-cooling-off"))


@pytest.fixture
def tab(client: Client, request_: ClosureRequest) -> Client:
    """A browser that opened the mailed link."""
    return in_status(client, request_)


def give_app_code(client: Client, account: Account, page: str = BALANCES) -> Any:
    return client.post(page, {str(TotpDevice.objects.get(user=account).pk): totp_code(account)})


def text_of(client: Client, page: str) -> str:
    answer = client.get(page)
    assert house_rules(read(answer)) == []
    return read(answer).text


def test_one_fresh_code_shows_both_for_the_session(tab: Client, ana: Account, now: datetime) -> None:
    deposit(ana.pk, "BTC", "0.5", now=now)
    LedgerHolding.objects.create(account_id=ana.pk, area="funding", asset="ETH", amount="0", value_usdt="0")
    give_history(ana, now, 2)
    words = text_of(tab, OPEN)
    assert ("See my balances" in words, "See my history" in words) == (True, True)
    assert "0.5 BTC" not in text_of(tab, BALANCES)
    assert give_app_code(tab, ana)["Location"] == BALANCES
    shown = text_of(tab, BALANCES)
    assert ("Spot wallet" in shown, "0.5 BTC" in shown, "ETH" in shown) == (True, True, False)
    past = text_of(tab, HISTORY)
    assert past.index("t1") < past.index("t0")
    assert tab.post(BALANCES, {})["Location"] == BALANCES
    opened = Event.objects.get(action="reading.opened")
    assert (opened.account_id, opened.actor.startswith("status_session")) == (ana.pk, True)


@pytest.mark.row("D07")
def test_link_alone_and_its_own_channel_show_nothing(tab: Client, ana: Account, request_: ClosureRequest) -> None:
    own = str(EmailDevice.objects.get(user=ana).pk)
    assert own not in [each.get("name") for each in read(tab.get(BALANCES)).every("input")]
    tab.post(BALANCES, {own: "123456"})
    assert "Show it" in text_of(tab, BALANCES)
    give_app_code(tab, ana)
    assert ("Show it" in text_of(tab, HISTORY), "Show it" in text_of(in_status(Client(), request_), HISTORY)) == (
        False,
        True,
    )


def test_code_for_another_request_shows_nothing(tab: Client, ana: Account, now: datetime) -> None:
    give_app_code(tab, ana)
    ClosureRequest.objects.update(state=S.CANCELLED, ended_at=now)
    pinned = loader.load("binance-cooling-off")
    again = in_status(tab, make_request(ana, S.COOLING_OFF, now=now + timedelta(seconds=1), pinned=pinned))
    assert "Show it" in text_of(again, BALANCES)


@pytest.mark.parametrize("preset", ["standard", "binance"])
def test_other_presets_show_neither(client: Client, ana: Account, now: datetime, preset: str) -> None:
    tab = in_status(client, make_request(ana, S.COOLING_OFF, now=now, pinned=loader.load(preset)))
    assert "See my" not in text_of(tab, OPEN)
    for page in (BALANCES, HISTORY):
        assert (tab.get(page)["Location"], give_app_code(tab, ana, page)["Location"]) == (OPEN, OPEN)
    assert Event.objects.filter(action="reading.opened").count() == 0


@pytest.mark.parametrize("state", [S.CLOSED, S.CANCELLED, S.REJECTED])
def test_request_that_is_over_shows_nothing_more(
    tab: Client, ana: Account, request_: ClosureRequest, now: datetime, state: ClosureState
) -> None:
    give_app_code(tab, ana)
    ClosureRequest.objects.filter(pk=request_.pk).update(state=state, ended_at=now)
    assert [tab.get(page)["Location"] for page in (BALANCES, HISTORY)] == [OPEN, OPEN]


@pytest.mark.row("A19")
def test_core_that_is_away_is_said_to_be(tab: Client, ana: Account) -> None:
    give_app_code(tab, ana)
    with away(LedgerTransaction):
        assert "The exchange does not answer now" in text_of(tab, HISTORY)
    with away(LedgerHolding):
        assert "This could not be read now." in text_of(tab, BALANCES)


def test_empty_account_says_so(tab: Client, ana: Account) -> None:
    give_app_code(tab, ana)
    assert "The account is empty." in text_of(tab, BALANCES)
    assert "Nothing happened in this account yet." in text_of(tab, HISTORY)


def test_long_history_has_pages_and_a_very_long_one_is_a_file(
    tab: Client, ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_history(ana, now, 51)
    give_app_code(tab, ana)
    first, second = text_of(tab, HISTORY), text_of(tab, f"{HISTORY}?page=2")
    assert ("Page 1 of 2" in first, "t50" in first, "Older" in first) == (True, True, True)
    assert ("Page 2 of 2" in second, "Newer" in second) == (True, True)
    monkeypatch.setattr(reading, "LONGEST", 50)
    assert "Get it as a file." in text_of(tab, HISTORY)
