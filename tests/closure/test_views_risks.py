"""The page of the risk notes: a tick for what is general, one for each thing that is lost for good."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, Event
from closure import shown
from closure.enums import Step
from closure.exchange.ledger.models import LedgerNft, LedgerReferral
from closure.models import ClosureRequest
from closure.notes import IRREVERSIBLE, NOTE_CODES, PRIVILEGES_END, notes
from closure.policy import loader
from tests.closure.walking import PAGES, TAKE, UNDERSTOOD, request_of, take_confirm, take_risks
from tests.factories import PASSWORD, make_account, totp_code
from tests.pages import Page, house_rules, read, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> Account:
    return make_account("ana", vip=3)


@pytest.fixture
def tab(client: Client, ana: Account) -> Client:
    """Ana, signed in."""
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    return client


def ticks(page: Page) -> list[str]:
    return [field["name"] for field in page.every("input") if field.get("type") == "checkbox"]


def submission(account: Account) -> Any:
    """Return what the journal keeps of the submission."""
    event = Event.objects.get(account_id=account.pk, action="closure.submitted")
    return json.loads(bytes(event.body))["data"]


@pytest.mark.row("C04", "C12", "C13")
def test_each_loss_has_a_tick_of_its_own_and_names_the_vip_level(tab: Client, ana: Account) -> None:
    page = read(tab.get(PAGES[Step.RISKS]))
    assert (ticks(page), house_rules(page)) == (["understood", PRIVILEGES_END, IRREVERSIBLE], [])
    assert "Your VIP level 3, your fee discounts and staking privileges end at closing. No grace." in page.text
    assert "A closed account can never be opened again, by you or by us. I accept this." in page.text


@pytest.mark.row("C12", "C13")
@pytest.mark.parametrize("missing", sorted(UNDERSTOOD))
def test_no_tick_can_be_left_out(tab: Client, missing: str) -> None:
    given = {name: "on" for name in UNDERSTOOD if name != missing}
    refused = tab.post(PAGES[Step.RISKS], given)
    page = read(refused)
    assert (refused.status_code, ClosureRequest.objects.count(), house_rules(page)) == (422, 0, [])
    assert [link["href"] for link in page.every("a") if link["href"].startswith("#id_")] == [f"#id_{missing}"]


@pytest.mark.row("B07")
def test_clear_account_goes_straight_on_and_reads_what_was_checked(tab: Client, ana: Account) -> None:
    assert take_risks(tab, ana)["Location"] == PAGES[Step.EXPORT]
    page = read(tab.get(PAGES[Step.EXPORT]))
    assert "We checked 23 areas of your account. Nothing stops you closing it." in page.text
    assert PAGES[Step.CHECK] in [link["href"] for link in page.every("a")]


@pytest.mark.row("B08", "B09")
def test_each_nft_and_each_commission_is_ticked_by_itself(tab: Client, ana: Account) -> None:
    for token in ("17", "18"):
        LedgerNft.objects.create(account_id=ana.pk, collection="Art", token=token, chain="ETH")
    for amount in ("3.20", "7"):
        LedgerReferral.objects.create(account_id=ana.pk, asset="USDT", amount=amount)
    assert take_risks(tab, ana)["Location"] == PAGES[Step.CHECK]
    found = ticks(read(tab.get(PAGES[Step.CHECK])))
    assert (len(found), found[2:]) == (4, ["referral_USDT", "referral_USDT_2"])
    for missing in found:
        given = {name: "on" for name in found if name != missing}
        assert tab.post(PAGES[Step.CHECK], given).status_code == 422
    assert tab.post(PAGES[Step.CHECK], dict.fromkeys(found, "on"))["Location"] == PAGES[Step.EXPORT]


@pytest.mark.row("B08", "B09", "C12", "C13")
def test_journal_keeps_exactly_what_was_acknowledged(tab: Client, ana: Account) -> None:
    LedgerReferral.objects.create(account_id=ana.pk, asset="USDT", amount="3.20")
    take_risks(tab, ana)
    tab.post(PAGES[Step.CHECK], {"referral_USDT": "on"})
    walk_to_confirm(tab, ana)
    assert take_confirm(tab, ana)["Location"] == "/close/submitted/"
    request, told = request_of(ana), submission(ana)
    standard = loader.load("standard")
    said = {note.code: shown.digest(str(note.text)) for note in notes(standard, vip=3)}
    kept = told["acknowledged"]
    assert told["policy"] == loader.version(standard)
    assert list(kept) == sorted([*NOTE_CODES, "referral_USDT"])
    assert {code: kept[code]["text"] for code in NOTE_CODES} == said
    assert {code: entry["at"] for code, entry in kept.items()} == request.acknowledged
    assert "3.20" not in json.dumps(told)


def walk_to_confirm(tab: Client, account: Account) -> None:
    """Take what is left between the check and the last word."""
    for step in (Step.EXPORT, Step.VERIFY, Step.DOCUMENT):
        TAKE[step](tab, account)
