"""The withdrawal whitelist in a real browser, with and without scripts (N05)."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.running_demo import Demo
from tests.journeys.visitor import Visitor

JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])


@pytest.mark.row("N05")
@JAVASCRIPT
def test_whitelist_goes_on_by_one_press_and_off_by_a_code(
    browser: Browser, shared_demo: Demo, javascript: bool
) -> None:
    visitor = Visitor.open(browser, shared_demo, "new" if javascript else "waiting", javascript=javascript)
    visitor.sign_in()
    visitor.goto("/security/addresses/")
    visitor.look(javascript)
    visitor.press("Turn on the whitelist")
    expect(visitor.page.locator("main")).to_contain_text("The whitelist is on. Crypto leaves only to addresses on it.")
    visitor.look(javascript)
    visitor.follow("Turn off the whitelist")
    visitor.look(javascript)
    before = len(shared_demo.messages(visitor.email))
    visitor.press("Prove that it is you")
    visitor.look(javascript)
    if visitor.name == "new":
        visitor.fill("Code from the mail", visitor.code_sent_to(visitor.email, before))
    else:
        visitor.fill("Code from the app", shared_demo.totp(visitor.email))
    visitor.press("Continue")
    visitor.look(javascript)
    visitor.press("Turn off the whitelist")
    expect(visitor.page.locator("main")).to_contain_text("Withdrawals are held until")
    told = shared_demo.wait_for_message(visitor.email, saying="is being turned off")
    assert "withdrawals are held until" in told["text"]
    assert visitor.problems == []
