"""A customer disables the account in a real browser: what stops it, both codes, the button, and the mail (E06, C08)."""

import pytest
from playwright.sync_api import Browser, expect

from portal.demo import personas
from tests.journeys.keyboard import Keyboard
from tests.journeys.running_demo import Demo
from tests.journeys.visitor import Visitor


@pytest.mark.row("E06", "C08")
def test_account_with_positions_is_told_what_stops_it(browser: Browser, shared_demo: Demo) -> None:
    visitor = Visitor.open(browser, shared_demo, "loaded")
    visitor.goto("/disable/")
    visitor.scan()
    visitor.sign_in()
    visitor.follow("Disable your account")
    main = visitor.page.locator("main")
    for said in ("What stops you", "BTC/USDT:USDT", "Nobody could look after them.", "You owe a loan."):
        expect(main).to_contain_text(said)
    expect(visitor.page.get_by_role("button", name="Prove that it is you")).to_have_count(0)
    visitor.scan()
    assert visitor.problems == []


@pytest.mark.row("E06", "C08", "M04")
def test_account_is_disabled_without_a_mouse_and_its_owner_told(browser: Browser, shared_demo: Demo) -> None:
    visitor = Visitor.open(browser, shared_demo, "clean")
    visitor.sign_in()
    visitor.follow("Disable your account")
    visitor.scan()
    keys = Keyboard(visitor.page)
    keys.press("Prove that it is you")
    visitor.scan()
    before = len(shared_demo.messages(visitor.email))
    keys.press("Send a code by mail")
    keys.fill("Code from the app", shared_demo.totp(visitor.email))
    keys.fill("Code from the mail", visitor.code_sent_to(visitor.email, before))
    keys.press("Continue")
    visitor.scan()
    keys.fill("Your password", "wrong")
    keys.press("Disable my account")
    assert visitor.page.title().startswith("Error: ")
    visitor.scan()
    keys.fill("Your password", personas.PASSWORD)
    keys.press("Disable my account")
    visitor.heading("Your account is disabled")
    visitor.scan()
    told = shared_demo.wait_for_message(visitor.email, saying="Your account is disabled")
    for said in ("Nothing else is erased", "/reactivate/", "/stop/", "It was not you?"):
        assert said in told["text"]
    visitor.goto("/security/")
    visitor.heading("Sign in")
    assert visitor.problems == []
