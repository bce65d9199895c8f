"""The page of the account check: what stops, what waits, what warns, what could not be read."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, Restriction
from closure.enums import Area, Step
from closure.exchange.ledger.models import LedgerHolding, LedgerNft
from closure.models import CheckRun
from tests.accounts.test_views_public import LARGEST_PAGE, MOST_REQUESTS, weight
from tests.closure.walking import PAGES, request_of, take_check, walk_to
from tests.factories import PASSWORD, make_account, totp_code
from tests.pages import Page, house_rules, read, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def tab(client: Client, ana: Account) -> Client:
    """Ana, signed in."""
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    return client


def hold(account: Account, area: Area, asset: str, amount: str, value: str | None, **more: Any) -> LedgerHolding:
    return LedgerHolding.objects.create(
        account_id=account.pk, area=area, asset=asset, amount=amount, value_usdt=value, **more
    )


def checked(tab: Client, account: Account) -> Page:
    walk_to(tab, account, Step.CHECK)
    response = tab.get(PAGES[Step.CHECK])
    page = read(response)
    assert (response.status_code, house_rules(page)) == (200, [])
    return page


def tones(page: Page) -> list[str]:
    """Return the classes of the cards, in order."""
    return [card["class"] for card in page.every("article")]


@pytest.mark.row("A01", "A16")
def test_blocker_has_found_why_how_and_stops_the_journey(tab: Client, ana: Account) -> None:
    hold(ana, Area.SPOT, "BTC", "0.50000000", "31250.00")
    page = checked(tab, ana)
    assert tones(page) == ["card tone-danger"]
    for words in ("1 thing stops you", "0.50000000 BTC", "(31250.00 USDT)", "Fix now", "Found", "Why", "How"):
        assert words in page.text
    assert "Next: save your records" not in page.text
    for step in (Step.EXPORT, Step.VERIFY, Step.DOCUMENT, Step.CONFIRM):
        assert tab.get(PAGES[step])["Location"] == PAGES[Step.CHECK]
        assert tab.post(PAGES[step], {"password": PASSWORD})["Location"] == PAGES[Step.CHECK]


@pytest.mark.row("A16")
def test_crafted_post_passes_no_blocked_check(tab: Client, ana: Account) -> None:
    hold(ana, Area.SPOT, "BTC", "0.50000000", "31250.00")
    checked(tab, ana)
    assert take_check(tab, ana)["Location"] == PAGES[Step.CHECK]
    assert request_of(ana).progress == {}


@pytest.mark.row("A05", "A20")
def test_locked_savings_wait_for_their_date(tab: Client, ana: Account, now: datetime) -> None:
    matures = now + timedelta(days=90)
    hold(ana, Area.EARN_LOCKED, "USDT", "500", "500", unlocks=matures, redeemable=False)
    page = checked(tab, ana)
    day = f"{matures.day} {matures:%b %Y} UTC"
    assert tones(page) == ["card tone-warn"]
    assert f"Wait to {day}" in page.text
    assert f"The earliest you can close is {day}" in page.text


@pytest.mark.row("B08")
def test_each_warning_is_ticked_by_itself(tab: Client, ana: Account) -> None:
    LedgerNft.objects.create(account_id=ana.pk, collection="Art", token="17", chain="ETH")
    page = checked(tab, ana)
    ticks = [field["name"] for field in page.every("input") if field.get("type") == "checkbox"]
    assert (len(ticks), "Nothing stops you closing your account" in page.text) == (1, True)
    refused = tab.post(PAGES[Step.CHECK], {})
    assert (refused.status_code, house_rules(read(refused))) == (422, [])
    assert tab.get(PAGES[Step.EXPORT])["Location"] == PAGES[Step.CHECK]
    assert tab.post(PAGES[Step.CHECK], {ticks[0]: "on"})["Location"] == PAGES[Step.EXPORT]


@pytest.mark.row("A19")
def test_what_could_not_be_read_is_never_clear(tab: Client, ana: Account) -> None:
    hold(ana, Area.FUNDING, "BTC", "not-a-number", None)
    page = checked(tab, ana)
    assert "Not checked" in page.text
    assert "22 areas are clear" in page.text
    assert "Next: save your records" not in page.text


def test_clear_areas_are_folded_below(tab: Client, ana: Account) -> None:
    page = checked(tab, ana)
    assert "23 areas, 23 clear." in page.text
    assert "23 areas are clear" in page.text
    assert "Nothing stops you closing your account" in page.text


def test_check_again_sees_what_was_cleared(tab: Client, ana: Account) -> None:
    row = hold(ana, Area.SPOT, "BTC", "0.5", "31250.00")
    checked(tab, ana)
    row.delete()
    assert tab.post(PAGES[Step.CHECK], {"again": "1"})["Location"] == PAGES[Step.CHECK]
    assert "Nothing stops you closing your account" in read(tab.get(PAGES[Step.CHECK])).text
    assert CheckRun.objects.count() == 2


@pytest.mark.row("A16", "A17")
def test_blocker_that_arrives_last_leads_back_to_the_check(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.CONFIRM)
    hold(ana, Area.SPOT, "BTC", "0.5", "31250.00")
    assert tab.post(PAGES[Step.CONFIRM], {"password": PASSWORD})["Location"] == PAGES[Step.CHECK]
    page = read(tab.get(PAGES[Step.CHECK]))
    assert "Something stops you closing your account." in page.text
    assert "1 thing stops you closing your account" in page.text


def test_names_from_the_core_are_text_not_markup(tab: Client, ana: Account) -> None:
    hold(ana, Area.SPOT, "<b>X</b>", "1", None)
    assert checked(tab, ana).every("b") == []


def test_page_of_many_blockers_stays_light(tab: Client, ana: Account) -> None:
    for area in (Area.SPOT, Area.FUNDING, Area.FIAT, Area.WEB3, Area.STAKING, Area.LIQUIDITY, Area.EARN_FLEXIBLE):
        for number in range(20):
            hold(ana, area, f"COIN{number}", "1.23456789", "100.00")
    walk_to(tab, ana, Step.CHECK)
    size, requests = weight(tab.get(PAGES[Step.CHECK]))
    assert size <= LARGEST_PAGE
    assert requests <= MOST_REQUESTS


def test_code_page_stays_light(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.VERIFY)
    size, requests = weight(tab.get(PAGES[Step.VERIFY]))
    assert (size <= LARGEST_PAGE, requests) == (True, 4)


@pytest.mark.row("A17", "M02")
@pytest.mark.parametrize("restricted", [False, True])
def test_reasons_in_general_are_the_same_for_everybody(tab: Client, ana: Account, *, restricted: bool) -> None:
    if restricted:
        Restriction.objects.create(account=ana, kind="judicial_freeze", placed_at=ana.created_at, placed_by="tests")
    else:
        hold(ana, Area.SPOT, "BTC", "0.5", "31250.00")
    page = checked(tab, ana)
    for words in ("Small balances.", "Margin.", "Locked Earn and staking.", "P2P orders.", "Risk and court holds."):
        assert words in page.text
    assert "We cannot say more about any account." in page.text
    assert "judicial" not in page.text.lower()
