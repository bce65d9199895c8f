"""A dormant customer comes back to withdrawing in a real browser, with and without scripts (I05, J01, J02, J06)."""

import pytest
from playwright.sync_api import Browser, expect

from portal.demo import personas
from tests.journeys.clicking import go
from tests.journeys.running_demo import Demo
from tests.journeys.test_closing import phone_of
from tests.journeys.visitor import Visitor

JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
NEW = "another-Horse-9-harbor!"
LIST, BACK = "Welcome back", "Back to your welcome-back list"


def prove(visitor: Visitor) -> None:
    """Prove by a text message on a page that asks first."""
    visitor.press("Prove that it is you")
    sent = len(visitor.demo.messages(phone_of(visitor.name)))
    visitor.press("Send a code by text message")
    visitor.fill("Code from the text message", visitor.code_sent_to(phone_of(visitor.name), sent))
    visitor.press("Continue")


def say(visitor: Visitor, words: str) -> None:
    """Press what its owner says of a task; which task follows in the name of the button."""
    go(visitor.page.get_by_role("button", name=words))


def wake(visitor: Visitor) -> None:
    """Sign in with the password, then the code of the app and the mailed one."""
    visitor.goto("/sign-in/")
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.fill("Password", personas.PASSWORD)
    visitor.press("Continue")
    visitor.fill("Code from the app", visitor.demo.totp(visitor.email))
    visitor.press("Sign in")
    visitor.follow("Code by mail")
    before = len(visitor.demo.messages(visitor.email))
    visitor.press("Send the code")
    visitor.fill("Code from the mail", visitor.code_sent_to(visitor.email, before))
    visitor.press("Sign in")
    visitor.heading(LIST)


@pytest.mark.row("I05", "I07", "J01", "J02", "J06", "N01", "N02", "N04", "N05", "N06", "N07")
@JAVASCRIPT
def test_dormant_customer_comes_back_to_withdrawing(browser: Browser, demo: Demo, javascript: bool) -> None:
    visitor = Visitor.open(browser, demo, "dormant", javascript=javascript)
    main = visitor.page.locator("main")
    wake(visitor)
    for said in ("OLDSOL became SOL", "0.75 ETH went to your spot wallet", "OLDSOL/USDT was canceled", "1 order is"):
        expect(main).to_contain_text(said)
    visitor.look(javascript)

    visitor.follow("Look through your wallets")
    expect(main).to_contain_text("0.02000000 BTC")
    visitor.look(javascript)
    visitor.press("I have looked through my wallets")

    visitor.goto("/close/check/withdraw_crypto/")
    expect(main).to_contain_text("First finish your welcome-back list. Then you can withdraw.")
    visitor.follow(BACK)

    visitor.follow("Choose a new password")
    prove(visitor)
    visitor.fill("Password you have now", personas.PASSWORD)
    visitor.fill("New password", NEW)
    visitor.press("Change the password")
    visitor.follow(BACK)
    say(visitor, "They are mine")

    visitor.follow("Choose anti-phishing words")
    prove(visitor)
    visitor.fill("Your words", "blue harbor")
    visitor.press("Save")
    visitor.follow(BACK)

    visitor.follow("Turn on the withdrawal whitelist")
    visitor.press("Turn on the whitelist")
    go(visitor.page.get_by_role("link", name="from long ago"))
    prove(visitor)
    visitor.press("Remove addresses")
    visitor.follow(BACK)
    say(visitor, "I know every address")
    say(visitor, "They were all me")

    visitor.follow("Revoke old API keys")
    visitor.follow("Revoke all API keys")
    prove(visitor)
    visitor.press("Revoke API keys")
    visitor.follow(BACK)
    say(visitor, "There are none left")
    expect(main).to_contain_text("8 of 8 done")
    visitor.look(javascript)
    visitor.press("I have looked through everything")
    expect(main).to_contain_text("Everything is open to you again.")
    visitor.look(javascript)

    visitor.goto("/close/check/withdraw_crypto/")
    expect(main).to_contain_text("Send 0.02 BTC to my own wallet")
    prove(visitor)
    visitor.press("Withdraw")
    visitor.heading("Done")
    assert visitor.problems == []
