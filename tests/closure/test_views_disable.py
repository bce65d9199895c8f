"""The page of disabling: words for everybody, what stops it, both codes, the password, one button (E06, C08)."""

from typing import Any

import pytest
from django.test import Client

from accounts.enums import AccountStatus
from accounts.models import Account, EmailDevice, StepUp, TotpDevice
from closure.enums import Area, ClosureState, Step
from closure.exchange.ledger.models import LedgerPosition
from closure.models import ClosureRequest
from closure.policy import loader
from closure.preflight.wordings import WORDINGS
from closure.views.disable import WHY
from tests.changing_pages import begin
from tests.closure.walking import walk_to
from tests.factories import PASSWORD, make_account, totp_code
from tests.outbox import last_code, messages
from tests.pages import house_rules, read, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("E06")]
PAGE = "/disable/"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def tab(client: Client, ana: Account) -> Client:
    """Ana, signed in."""
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    return client


def give_codes(tab: Client, account: Account) -> Any:
    """Begin and give both codes; returns the answer to them."""
    asked = begin(tab, PAGE)
    mail, app = EmailDevice.objects.get(user=account), TotpDevice.objects.get(user=account)
    assert {str(mail.pk), str(app.pk)} <= set(asked)
    tab.post(PAGE, {"send": str(mail.pk)})
    typed = {str(mail.pk): last_code(account, channel="email"), str(app.pk): totp_code(account)}
    return tab.post(PAGE, typed)


def test_visitor_reads_what_happens_and_how_it_comes_back(client: Client) -> None:
    answer = client.get(PAGE)
    page = read(answer)
    assert (answer.status_code, house_rules(page)) == (200, [])
    for words in (
        "Nobody can sign in, trade or withdraw. That includes you.",
        "All your API keys are deleted; you make new ones afterwards.",
        "Nothing else is erased.",
        "holding a note that you wrote by hand",
        "Two people decide.",
        "No open position, no margin balance and no loan.",
    ):
        assert words in page.text
    assert "/sign-in/?next=%2Fdisable%2F" in {link["href"] for link in page.every("a")}
    assert client.post(PAGE, {"begin": "1"})["Location"].startswith("/sign-in/")


def test_policy_without_it_says_so_and_offers_nothing(
    client: Client, ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "current", lambda: loader.load("binance"))
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    page = read(client.get(PAGE))
    assert ("Accounts cannot be disabled here." in page.text, house_rules(page)) == (True, [])
    assert [form for form in page.every("form") if form.get("method") == "post" and "action" not in form] == []
    assert client.post(PAGE, {"begin": "1"}).status_code == 405
    assert PAGE not in {link["href"] for link in read(client.get("/security/")).every("a")}


@pytest.mark.row("C08")
def test_security_and_the_start_of_closing_lead_there(tab: Client) -> None:
    for place in ("/security/", "/close/"):
        assert PAGE in {link["href"] for link in read(tab.get(place)).every("a")}


def test_owner_gives_both_codes_and_the_password_and_is_signed_out(tab: Client, ana: Account) -> None:
    page = read(tab.get(PAGE))
    assert (house_rules(page), "Give 2 of these codes." in page.text) == ([], True)
    assert give_codes(tab, ana)["Location"] == PAGE
    page = read(tab.get(PAGE))
    assert (house_rules(page), "Disable my account" in page.text) == ([], True)
    wrong = tab.post(PAGE, {"act": "1", "password": "wrong"})
    assert (wrong.status_code, "Error:" in read(wrong).text) == (422, True)
    done = tab.post(PAGE, {"act": "1", "password": PASSWORD})
    assert (done.status_code, done["Location"]) == (302, "/disable/done/")
    page = read(tab.get("/disable/done/"))
    assert (house_rules(page), "Your account is disabled" in page.text) == ([], True)
    ana.refresh_from_db()
    assert ana.status == AccountStatus.DISABLED
    assert tab.get("/security/")["Location"].startswith("/sign-in/")


def test_position_is_shown_and_nothing_is_begun(tab: Client, ana: Account) -> None:
    LedgerPosition.objects.create(
        account_id=ana.pk, area=Area.USDM_FUTURES, symbol="BTCUSDT", side="long", amount="0.1"
    )
    page = read(tab.get(PAGE))
    assert house_rules(page) == []
    for words in ("What stops you", "0.1 BTCUSDT", "Nobody could look after them.", "Close every position."):
        assert words in page.text
    assert "Prove that it is you" not in page.text
    tab.post(PAGE, {"begin": "1"})
    assert StepUp.objects.filter(purpose="disable_account").count() == 0


def test_position_opened_meanwhile_is_shown_beside_the_button(tab: Client, ana: Account) -> None:
    give_codes(tab, ana)
    opened = LedgerPosition.objects.create(
        account_id=ana.pk, area=Area.USDM_FUTURES, symbol="BTCUSDT", side="long", amount="0.1"
    )
    answer = tab.post(PAGE, {"act": "1", "password": PASSWORD})
    page = read(answer)
    assert (answer.status_code, house_rules(page), "0.1 BTCUSDT" in page.text) == (422, [], True)
    assert messages(ana, template="account_disabled") == []
    opened.delete()
    assert tab.post(PAGE, {"act": "1", "password": PASSWORD})["Location"] == "/disable/done/"


def test_closing_that_was_begun_is_let_go_first(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.CHECK)
    page = read(tab.get(PAGE))
    assert (house_rules(page), "Let go of that first" in page.text) == ([], True)
    assert "Prove that it is you" not in page.text
    assert tab.post(PAGE, {"discard": "1"})["Location"] == PAGE
    assert ClosureRequest.objects.get().state == ClosureState.CANCELLED
    assert "Prove that it is you" in read(tab.get(PAGE)).text


def test_words_stand_in_for_those_of_closing_only() -> None:
    assert sorted(WHY.keys() - WORDINGS.keys()) == []
    for wording in ("position", "loan", "margin", "collateral", "second_factor", "factor", "factors", "unknown"):
        assert "clos" not in str(WHY[wording]).lower()
