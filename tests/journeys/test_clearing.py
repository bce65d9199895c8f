"""The loaded account is cleared by clicking alone, but for what must wait, and the waiting dates are right."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from portal.demo import personas
from tests.journeys.clicking import go
from tests.journeys.running_demo import Demo
from tests.journeys.test_closing import accept_risks
from tests.journeys.visitor import Visitor

STAKED_DAYS, LOCKED_DAYS = 3, 41
BACK = "Back to your check"


class Clearing:
    """One visitor who clears what the check shows."""

    def __init__(self, visitor: Visitor, *, scan: bool) -> None:
        self.visitor, self.scan = visitor, scan

    def cards(self) -> dict[str, str]:
        """Return the words of each card, by its title."""
        self.visitor.goto("/close/check/")
        found = self.visitor.page.get_by_role("region", name="What stops you").get_by_role("article").all()
        told = [card.inner_text() for card in found]
        return {words.splitlines()[0]: words for words in told}

    def follow(self, address: str) -> None:
        """Open a remedy as its card does."""
        self.visitor.goto("/close/check/")
        go(self.visitor.page.locator(f'main a[href="/close/check/{address}/"]').first)
        self.visitor.look(self.scan)

    def press(self, button: str) -> None:
        """Press the one button, and see that everything was done."""
        self.visitor.press(button)
        self.visitor.heading("Done")
        self.visitor.look(self.scan)
        self.visitor.follow(BACK)

    def plain(self, code: str, button: str) -> None:
        """Do a remedy that keeps everything with its owner."""
        self.follow(code)
        self.press(button)

    def choose(self, option: str) -> None:
        """Choose what a remedy is about, where there is a choice."""
        choice = self.visitor.page.get_by_label(re.compile(re.escape(option)))
        if choice.count():
            choice.first.check()
            self.visitor.press("Show what happens")
            self.visitor.look(self.scan)

    def guarded(self, button: str) -> None:
        """Prove who it is by a text message, then press."""
        phone = f"+1415555{3000 + list(personas.ABOUT).index('loaded')}"
        self.visitor.press("Prove that it is you")
        self.visitor.look(self.scan)
        sent = len(self.visitor.demo.messages(phone))
        self.visitor.press("Send a code by text message")
        code = self.visitor.code_sent_to(phone, sent)
        self.visitor.fill("Code from the text message", code)
        self.visitor.press("Continue")
        expect(self.visitor.page.get_by_role("button", name=button, exact=True)).to_be_visible()
        self.visitor.look(self.scan)
        self.press(button)

    def withdraw(self, option: str) -> None:
        """Send one asset to one's own wallet."""
        self.visitor.goto("/close/check/withdraw_crypto/")
        self.choose(option)
        self.guarded("Withdraw")


def day(after: float) -> str:
    """Return a day so many days from now as pages say it."""
    then = datetime.now(UTC) + timedelta(days=after)
    return f"{then.day} {then:%b %Y} UTC"


def staff_confirms(browser: Browser, demo: Demo) -> None:
    """Let the agent confirm what is given up."""
    sam = Visitor.open(browser, demo, "agent")
    sam.goto("/staff/")
    sam.fill("E-mail address or phone number", sam.email)
    sam.fill("Password", personas.PASSWORD)
    sam.press("Continue")
    sam.fill("Code from the app", demo.totp(sam.email))
    sam.press("Sign in")
    sam.follow("Given up")
    sam.follow("ABC")
    sam.page.locator("#id_confirm_reason").fill("The core refuses each way out.")
    sam.press("Confirm that it is given up")
    expect(sam.page.get_by_text("It is confirmed.")).to_be_visible()
    sam.page.context.close()


@pytest.mark.row("A02", "A05", "A06", "A20", "B01", "B02", "B04", "B06", "B07", "B08", "B09", "B12", "D07")
@pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
def test_loaded_account_is_cleared_by_clicking_but_for_what_must_wait(
    browser: Browser, demo: Demo, javascript: bool
) -> None:
    visitor = Visitor.open(browser, demo, "loaded", javascript=javascript)
    visitor.sign_in()
    visitor.goto("/close/risks/")
    accept_risks(visitor)
    clearing = Clearing(visitor, scan=javascript)

    clearing.follow("close_positions")
    clearing.guarded("Close positions")
    clearing.plain("fix", "Do all of this")
    clearing.plain("empty_web3", "Move to spot")
    visitor.goto("/close/check/sell/")
    visitor.look(javascript)
    clearing.choose("BTC")
    clearing.guarded("Sell")
    # The rest of the loans and what they held back, now that there is USDT.
    clearing.plain("repay_loans", "Repay")
    for asset in ("ETH", "SOL", "USDT"):
        clearing.withdraw(f" {asset} to ")
    clearing.follow("withdraw_fiat")
    clearing.choose("EUR by bank")
    clearing.guarded("Withdraw")

    visitor.goto("/close/check/give_up/")
    visitor.look(javascript)
    visitor.fill("Type the name of what you give up", "ABC")
    clearing.press("Give it up")
    staff_confirms(browser, demo)
    visitor.goto("/close/check/")
    visitor.press("Check again")
    visitor.look(javascript)

    cards = clearing.cards()
    assert sorted(cards) == ["Locked Earn", "P2P orders", "Staking", "Transfers on their way"]
    assert day(LOCKED_DAYS) in cards["Locked Earn"]
    assert day(STAKED_DAYS) in cards["Staking"]
    main = visitor.page.inner_text("main")
    assert f"The earliest you can close is {day(LOCKED_DAYS)}" in main

    # Days pass, and the draft lapsed: what was staked and locked came to the spot wallet by itself (I08), and leaves.
    demo.advance(hours=24 * LOCKED_DAYS + 1)
    visitor.sign_in()
    visitor.goto("/close/risks/")
    accept_risks(visitor)
    for asset in ("ETH", "SOL"):
        clearing.withdraw(f" {asset} to ")
    demo.advance(hours=2)
    visitor.sign_in()
    visitor.goto("/close/check/")
    visitor.press("Check again")
    assert sorted(clearing.cards()) == ["P2P orders"]
    assert "3.20 USDT" in visitor.page.inner_text("main")
    assert visitor.problems == []
