"""Remedies as pages: shown exactly, pressed once, told move by move (B01-B06, B12)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts import clock
from accounts.enums import Role
from accounts.models import Account, StepUp
from closure import exchange
from closure.enums import RemedyState, Step
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerAddress, LedgerHolding, LedgerOrder, LedgerTransfer
from closure.models import CheckRun, RemedyRun, Residual
from closure.operations import give_up
from closure.preflight import remedies
from closure.preflight.remedies.wordings import Line, say
from tests.changing_pages import begin, code_of, verify
from tests.closure.clearing import PRESSES, hold, item_of, loaded
from tests.closure.exchange.contract import address, spot
from tests.closure.scenes import staff
from tests.closure.walking import PAGES, walk_to
from tests.factories import PASSWORD, make_account, totp_code
from tests.fakes.faulty_gateway import WRITES, FaultyGateway
from tests.pages import Page, house_rules, read, sign_in, sign_in_by_mail

pytestmark = pytest.mark.django_db(transaction=True)
CHECK = PAGES[Step.CHECK]


@pytest.fixture
def ana(now: datetime) -> Account:
    return loaded(now=now)


@pytest.fixture
def tab(client: Client, ana: Account) -> Client:
    """Ana, signed in, with her account checked."""
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    walk_to(client, ana, Step.CHECK)
    return client


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyGateway]:
    """Return a core that errs when told to."""
    made = FaultyGateway(LedgerGateway(clock.now))
    monkeypatch.setattr(exchange, "get_gateway", lambda: made)
    yield made
    made.heal()


def page_of(code: str, item: str = "") -> str:
    """Return the address of a remedy's page."""
    return f"{CHECK}{code}/" + (f"?item={item}" if item else "")


def fields(page: Page) -> dict[str, str]:
    """Return the hidden fields of the confirmation."""
    inputs = [each for each in page.every("input") if each.get("name") in {"confirm", "key"}]
    return {each["name"]: each["value"] for each in inputs}


def press(tab: Client, address: str, **typed: str) -> Page:
    """Press the button of a page that is shown, and read what became of it."""
    shown = read(tab.get(address))
    answer = tab.post(address, {"act": "1", **fields(shown), **typed})
    assert answer.status_code == 302, answer.content
    return read(tab.get(answer["Location"]))


@pytest.mark.row("B12")
def test_card_leads_to_its_remedy_and_the_check_runs_again(tab: Client, ana: Account) -> None:
    page = read(tab.get(CHECK))
    assert house_rules(page) == []
    links = [each["href"] for each in page.every("a") if each.get("href", "").startswith(CHECK)]
    assert page_of("fix") in links
    assert {page_of(code) for code in ("cancel_orders", "withdraw_crypto", "withdraw_fiat", "unstake")} <= set(links)
    runs = CheckRun.objects.filter(account=ana).count()
    told = press(tab, page_of("cancel_orders"))
    assert (house_rules(told), LedgerOrder.objects.count(), CheckRun.objects.filter(account=ana).count()) == (
        [],
        0,
        runs + 1,
    )
    assert "Cancel every open order (1)" in told.text
    assert page_of("cancel_orders") not in [each.get("href") for each in read(tab.get(CHECK)).every("a")]


@pytest.mark.row("B02", "B06", "B12")
@pytest.mark.parametrize("code", PRESSES)
def test_page_of_every_remedy_says_what_happens_and_changes_nothing(
    code: str, tab: Client, ana: Account, ledger: LedgerGateway, now: datetime
) -> None:
    before = ledger.snapshot(ana.pk, now=now)
    page = read(tab.get(page_of(code, item_of(ana, code, ledger))))
    assert (house_rules(page), "What happens" in page.text) == ([], True)
    assert str(remedies.find(code).title) in page.text
    assert (ledger.snapshot(ana.pk, now=now), RemedyRun.objects.count()) == (before, 0)


@pytest.mark.row("B12")
def test_fix_does_all_at_once_and_reports_each(tab: Client, ana: Account) -> None:
    shown = read(tab.get(page_of("fix")))
    told = press(tab, page_of("fix"))
    run = RemedyRun.objects.get()
    lines = [say(Line(*move["line"])) for move in run.moves]
    assert [line for line in lines if line not in shown.text or line not in told.text] == []
    assert (run.state, told.text.count("Done")) == (RemedyState.DONE, len(run.moves) + 2)


@pytest.mark.row("B12")
def test_button_pressed_twice_acts_once(tab: Client, ana: Account) -> None:
    address_of = page_of("cancel_orders")
    form = fields(read(tab.get(address_of)))
    answers = [tab.post(address_of, form) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert RemedyRun.objects.count() == 1


@pytest.mark.row("B12")
def test_figures_that_changed_are_shown_before_anything_happens(tab: Client, ana: Account) -> None:
    form = fields(read(tab.get(page_of("convert_dust"))))
    LedgerHolding.objects.filter(account_id=ana.pk, asset="SOL").update(amount="0.03", value_usdt="4.5")
    answer = tab.post(page_of("convert_dust"), form)
    assert answer["Location"] == page_of("convert_dust")
    page = read(tab.get(answer["Location"]))
    assert ("This changed since you looked" in page.text, "0.03 SOL" in page.text) == (True, True)
    assert RemedyRun.objects.count() == 0


@pytest.mark.row("B01", "B06", "D07")
def test_withdrawal_is_chosen_verified_and_sent(tab: Client, ana: Account, ledger: LedgerGateway) -> None:
    choose = read(tab.get(page_of("withdraw_crypto")))
    items = [each["value"] for each in choose.every("input") if each.get("type") == "radio"]
    assert (house_rules(choose), len(items)) == ([], 2)
    one = page_of("withdraw_crypto", items[0])
    intro = read(tab.get(one))
    for words in ("Send 0.5 BTC to cold: bc1qexample (BTC).", "Fee", "0.0001 BTC", "0.4999 BTC", "Arrives"):
        assert words in intro.text
    # A session alone moves nothing.
    tab.post(one, {"act": "1", **fields(intro)})
    assert RemedyRun.objects.count() == 0
    verify(tab, ana, one)
    ready = read(tab.get(one))
    assert house_rules(ready) == []
    told = press(tab, one)
    assert ("Send 0.5 BTC to cold" in told.text, LedgerTransfer.objects.count()) == (True, 1)
    assert "Transfers on their way" in read(tab.get(CHECK)).text


@pytest.mark.row("D07")
def test_verification_of_one_choice_sends_no_other(tab: Client, ana: Account) -> None:
    verify(tab, ana, page_of("withdraw_fiat", "EUR:bank"))
    other = page_of("withdraw_fiat", "EUR:swift")
    tab.post(other, {"act": "1", **fields(read(tab.get(page_of("withdraw_fiat", "EUR:bank"))))})
    assert LedgerTransfer.objects.count() == 0
    assert "Prove that it is you" in read(tab.get(other)).text


@pytest.mark.row("D07")
def test_verification_begun_in_another_browser_is_not_this_ones(tab: Client, ana: Account) -> None:
    verify(tab, ana, page_of("sell", "BTC"))
    thief = Client()
    sign_in(thief, "ana@example.test", PASSWORD, totp_code(ana))
    page = read(thief.get(page_of("sell", "BTC")))
    assert ("Prove that it is you" in page.text, fields(page)) == (True, {})


@pytest.mark.row("D06")
def test_wrong_codes_move_nothing(tab: Client, ana: Account) -> None:
    one = page_of("sell", "BTC")
    tab.post(one, dict.fromkeys(begin(tab, one), "000000"))
    tab.post(one, {"act": "1", "confirm": "x", "key": "k"})
    assert (RemedyRun.objects.count(), StepUp.objects.filter(purpose="sell_assets", used_at=None).count()) == (0, 1)
    assert tab.post(one, code_of(tab, ana, one, begin(tab, one))).status_code == 302


@pytest.mark.row("A13", "D07")
def test_without_a_second_factor_the_page_says_so(client: Client) -> None:
    ben = make_account("ben", totp=False, phone=None)
    hold(ben, holdings=[spot("BTC", "1", "62500")], addresses=[address(whitelisted=True)])
    sign_in_by_mail(client, ben, PASSWORD)
    page = read(client.get(page_of("withdraw_crypto")))
    assert ("an e-mail code is not one" in page.text, "Prove that it is you" in page.text) == (True, False)


@pytest.mark.row("B12")
def test_answer_that_got_lost_is_told_and_asked_again(tab: Client, ana: Account, core: FaultyGateway) -> None:
    core.call, core.writing = "cancel_orders", {ana.pk: WRITES["accepted, then no answer"]}
    told = press(tab, page_of("cancel_orders"))
    for words in ("Not certain yet", "never happens twice", "Ask again"):
        assert words in told.text
    run = RemedyRun.objects.get()
    core.heal()
    answer = tab.post(f"{CHECK}done/{run.pk}/")
    assert "Done" in read(tab.get(answer["Location"])).text
    run.refresh_from_db()
    assert run.state == RemedyState.DONE


@pytest.mark.row("B12")
def test_refusal_of_the_core_is_told_in_words(tab: Client, ana: Account, ledger: LedgerGateway) -> None:
    one = page_of("convert_dust")
    form = fields(read(tab.get(one)))
    ledger.freeze(ana.pk, key="risk")
    page = read(tab.get(tab.post(one, form)["Location"]))
    for words in ("Nothing happened", "Nothing moved", "stopped for this account", "Not done"):
        assert words in page.text


@pytest.mark.row("A19")
def test_core_that_is_away_leads_back_and_says_so(tab: Client, ana: Account, core: FaultyGateway) -> None:
    core.reading = {ana.pk: lambda _told: None}
    assert tab.get(page_of("fix"))["Location"] == CHECK
    assert "does not answer" in read(tab.get(CHECK)).text


@pytest.mark.row("B12")
def test_asset_is_given_up_by_its_name_and_kept_after_all(tab: Client, ana: Account, now: datetime) -> None:
    one = page_of("give_up", "XYZ")
    shown = read(tab.get(one))
    assert "never our income" in shown.text
    wrong = tab.post(one, {**fields(shown), "name": "xyz"})
    assert (wrong.status_code, "Type the name exactly" in wrong.content.decode()) == (422, True)
    press(tab, one, name="XYZ")
    residual = Residual.objects.get()
    page = read(tab.get(CHECK))
    assert ("What you give up" in page.text, "our staff" in page.text) == (True, True)
    give_up.decide(residual.pk, confirm=True, reason="Seen.", actor=staff(Role.AGENT), now=now)
    tab.post(CHECK, {"again": "1"})
    assert "our staff confirmed it" in read(tab.get(CHECK)).text
    assert tab.post(f"{CHECK}keep/{residual.pk}/")["Location"] == CHECK
    residual.refresh_from_db()
    assert residual.state == "taken_back"


@pytest.mark.row("B12")
def test_things_of_others_are_not_there(tab: Client, now: datetime) -> None:
    ben = loaded("ben", now=now)
    theirs = RemedyRun.objects.create(
        account=ben, code="fix", key_digest="k", confirmed="c", moves=[], created_at=now, next_try_at=now
    )
    done = f"{CHECK}done/{theirs.pk}/"
    assert (tab.get(done).status_code, tab.post(done).status_code) == (404, 404)
    give_up.ask(ben.pk, {"asset": "XYZ", "amount": "1", "refusals": {}}, now=now)
    residual = Residual.objects.get()
    tab.post(f"{CHECK}keep/{residual.pk}/")
    residual.refresh_from_db()
    assert residual.state == "asked"
    saved = LedgerAddress.objects.filter(account_id=ben.pk, whitelisted=True).first()
    assert saved is not None
    assert tab.get(page_of("withdraw_crypto", str(saved.pk)))["Location"] == CHECK


def test_remedy_that_does_not_exist_is_not_found(tab: Client) -> None:
    assert tab.get(page_of("erase")).status_code == 404


def test_visitor_signs_in_first(client: Client) -> None:
    for address_of in (page_of("fix"), page_of("sell", "BTC"), f"{CHECK}done/{RemedyRun().pk}/"):
        assert client.get(address_of)["Location"].startswith("/sign-in/")


@pytest.mark.row("J03")
def test_withdrawal_held_after_a_reset_says_until_when(tab: Client, ana: Account, now: datetime) -> None:
    until = now + timedelta(hours=5)
    Account.objects.filter(pk=ana.pk).update(withdrawals_held_until=until)
    assert tab.get(page_of("withdraw_fiat"))["Location"] == CHECK
    assert f"held until {until.day} {until:%b %Y}, {until:%H:%M} UTC" in read(tab.get(CHECK)).text
