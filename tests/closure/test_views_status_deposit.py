"""A late deposit is sent back from the status session, and the closing goes on; nothing else is done there (A19)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.actors import Actor
from accounts.enums import FactorKind, MessageChannel, RestrictionKind
from accounts.exceptions import NotAllowed, ProofRefused
from accounts.models import Account, EmailDevice, SmsDevice, StepUp, TotpDevice
from accounts.restrictions import place
from closure import reading
from closure.enums import ClosureState, HeldReason, RemedyState
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.gateway import LedgerGateway
from closure.models import ClosureRequest, RemedyRun
from closure.operations import remedy
from closure.operations.sweep import run_sweeps
from closure.preflight import remedies
from tests.closure.clearing import hold
from tests.closure.exchange.contract import address
from tests.closure.links import in_status
from tests.closure.presets import waiting
from tests.factories import make_account, totp_code
from tests.outbox import last_code
from tests.pages import Page, house_rules, read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("A19", "E07")]
S = ClosureState
OPEN, PAGE = "/status/open/", "/status/deposit/"


@pytest.fixture
def ana(ledger: LedgerGateway) -> Account:
    """Ana, frozen at the core too, with one address on her whitelist."""
    account = make_account("ana")
    hold(account, addresses=[address(whitelisted=True, label="cold")])
    ledger.freeze(account.pk, key="CL-1:freeze")
    return account


@pytest.fixture
def held(ana: Account, now: datetime) -> ClosureRequest:
    """Her closure, held because something arrived."""
    request = waiting(ana, "pionex", now)
    deposit(ana.pk, "BTC", "0.5", now=now)
    run_sweeps(now)
    request.refresh_from_db()
    assert (request.state, request.held_reasons) == (S.HELD, ["deposit"])
    return request


@pytest.fixture
def tab(client: Client, held: ClosureRequest) -> Client:
    """A browser that opened the mailed link."""
    return in_status(client, held)


def page_of(client: Client, path: str = PAGE) -> Page:
    page = read(client.get(path))
    assert house_rules(page) == []
    return page


def hidden(page: Page) -> dict[str, str]:
    kept = [each for each in page.every("input") if each.get("name") in {"confirm", "key"}]
    return {each["name"]: each["value"] for each in kept}


def press(client: Client, account: Account, **more: str) -> Any:
    """Confirm what the page shows with a code of the app."""
    device = str(TotpDevice.objects.get(user=account).pk)
    return client.post(PAGE, {**hidden(page_of(client)), device: totp_code(account), **more})


def balance(account: Account, now: datetime) -> list[str]:
    """Return what there is of it, on its way too."""
    held = reading.balances(account, now=now)
    return [each.amount for area in held for each in area.found or () if each.asset == "BTC"]


def test_owner_sends_it_back_and_the_closing_goes_on(
    tab: Client, ana: Account, held: ClosureRequest, advance: Callable[..., datetime]
) -> None:
    opened = page_of(tab, OPEN)
    assert PAGE in [link["href"] for link in opened.every("a")]
    shown = page_of(tab)
    assert all(words in shown.text for words in ("What happens", "0.5", "cold", "Fee", "Arrives"))
    assert press(tab, ana)["Location"] == PAGE
    run = RemedyRun.objects.get()
    assert (run.code, run.state) == ("withdraw_crypto", RemedyState.DONE)
    after = page_of(tab)
    assert ("Sent" in after.text, hidden(after)) == (True, {})
    run_sweeps(advance(hours=2))
    held.refresh_from_db()
    ana.refresh_from_db()
    assert (held.state, ana.status) == (S.COOLING_OFF, "frozen")


def test_looking_and_asking_for_codes_moves_nothing(tab: Client, ana: Account, now: datetime) -> None:
    for _time in range(3):
        page_of(tab)
    tab.post(PAGE, {"send": str(SmsDevice.objects.get(user=ana).pk)})
    tab.post(PAGE, hidden(page_of(tab)))
    assert (balance(ana, now), RemedyRun.objects.count()) == (["0.5"], 0)


@pytest.mark.row("D07", "A13")
@pytest.mark.parametrize(("channel", "own"), [(MessageChannel.EMAIL, EmailDevice), (MessageChannel.SMS, SmsDevice)])
def test_neither_the_links_own_channel_nor_a_mailed_code_sends(
    client: Client, held: ClosureRequest, ana: Account, channel: MessageChannel, own: Any
) -> None:
    tab = in_status(client, held, channel)
    names = {each.get("name") for each in page_of(tab).every("input")}
    for device in (own, EmailDevice):
        key = str(device.objects.get(user=ana).pk)
        assert key not in names
        tab.post(PAGE, {"send": key})
        tab.post(PAGE, {**hidden(page_of(tab)), key: "123456"})
    assert RemedyRun.objects.count() == 0


@pytest.mark.row("D07")
def test_wrong_code_keeps_what_was_shown(tab: Client, ana: Account) -> None:
    refused = press(tab, ana, **{str(TotpDevice.objects.get(user=ana).pk): "000000"})
    assert (refused.status_code, sorted(hidden(read(refused)))) == (422, ["confirm", "key"])
    assert press(tab, ana)["Location"] == PAGE
    assert RemedyRun.objects.count() == 1


def test_what_changed_since_it_was_shown_is_shown_again(tab: Client, ana: Account, now: datetime) -> None:
    before = hidden(page_of(tab))
    deposit(ana.pk, "BTC", "0.25", now=now)
    device = str(TotpDevice.objects.get(user=ana).pk)
    assert tab.post(PAGE, {**before, device: totp_code(ana)})["Location"] == PAGE
    assert RemedyRun.objects.count() == 0
    assert "0.75" in page_of(tab).text


def test_same_press_twice_sends_once(tab: Client, ana: Account, now: datetime) -> None:
    given = hidden(page_of(tab))
    sms = str(SmsDevice.objects.get(user=ana).pk)
    press(tab, ana, **given)
    deposit(ana.pk, "BTC", "0.5", now=now)
    tab.post(PAGE, {"send": sms})
    tab.post(PAGE, {**given, sms: last_code(ana, channel="sms")})
    assert (RemedyRun.objects.count(), balance(ana, now).count("0.5")) == (1, 2)


@pytest.mark.row("A12")
@pytest.mark.parametrize("kind", [RestrictionKind.JUDICIAL_FREEZE, RestrictionKind.FRAUD_ALERT])
def test_hold_of_law_or_risk_shuts_it_without_a_word(
    tab: Client, ana: Account, kind: RestrictionKind, now: datetime
) -> None:
    given = hidden(page_of(tab))
    with transaction.atomic():
        place(Account.objects.select_for_update().get(pk=ana.pk), kind, actor=Actor.core(), note="", now=now)
    device = str(TotpDevice.objects.get(user=ana).pk)
    assert tab.get(PAGE)["Location"] == OPEN
    assert tab.post(PAGE, {**given, device: totp_code(ana)})["Location"] == OPEN
    assert RemedyRun.objects.count() == 0
    assert "Withdraw what arrived" not in read(tab.get(OPEN)).text


@pytest.mark.parametrize("reason", [HeldReason.BLOCKER, HeldReason.UNREACHABLE])
def test_other_reasons_have_nothing_to_send(client: Client, ana: Account, now: datetime, reason: HeldReason) -> None:
    request = waiting(ana, "standard", now)
    facts = {"held_from": S.COOLING_OFF, "held_reasons": [reason.value], "held_at": now}
    ClosureRequest.objects.filter(pk=request.pk).update(state=S.HELD, **facts)
    assert in_status(client, request).get(PAGE)["Location"] == OPEN


def test_status_session_does_no_other_remedy(held: ClosureRequest, ana: Account, now: datetime) -> None:
    visitor = Actor.status_session(ana.pk, carried_by=FactorKind.EMAIL)
    for code in (each.code.value for each in remedies.REMEDIES if not each.code.value.startswith("withdraw")):
        with pytest.raises(NotAllowed):
            remedy.look(ana, code, "", actor=visitor, now=now)
    ben = make_account("ben")
    with pytest.raises(NotAllowed):
        remedy.look(ben, "withdraw_crypto", "", actor=visitor, now=now)
    shown = remedy.look(ana, "withdraw_crypto", "", actor=visitor, now=now).preview
    assert shown is not None
    with pytest.raises(ProofRefused):
        remedy.carry_out(
            ana, "withdraw_crypto", shown.item, confirmed=shown.digest, key="k", actor=visitor, now=now, proof=None
        )


def test_signed_in_customer_of_a_frozen_account_uses_neither(held: ClosureRequest, ana: Account, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        remedy.look(ana, "withdraw_crypto", "", actor=Actor.customer(ana), now=now)


def test_without_an_address_it_says_so_and_cancelling_is_offered(client: Client, now: datetime) -> None:
    ben = make_account("ben")
    request = waiting(ben, "pionex", now)
    deposit(ben.pk, "BTC", "0.5", now=now)
    run_sweeps(now)
    page = page_of(in_status(client, request))
    assert "you need a saved address on your whitelist" in page.text
    assert "/status/cancel/" in [link["href"] for link in page.every("a")]
    assert StepUp.objects.count() == 0


def test_several_ways_are_a_choice_first(client: Client, ana: Account, now: datetime) -> None:
    hold(ana, addresses=[address(whitelisted=True, address="bc1qwarm", label="warm")])
    request = waiting(ana, "standard", now)
    deposit(ana.pk, "BTC", "0.5", now=now)
    run_sweeps(now)
    tab = in_status(client, request)
    page = page_of(tab)
    items = [each["value"] for each in page.every("input") if each.get("name") == "item"]
    assert (len(items), hidden(page)) == (2, {})
    chosen = page_of(tab, f"{PAGE}?item={items[1].replace('|', '%7C')}")
    assert "What happens" in chosen.text
    assert hidden(page_of(tab, f"{PAGE}?item=withdraw_crypto%7Cnot-mine")) == {}
