"""Registering and choosing a new password in a real browser, every page looked at, with and without JavaScript."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.running_demo import Demo
from tests.journeys.test_status import link_in
from tests.journeys.visitor import Visitor

JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
NEW = "Lamp-river-7-Otter"


@pytest.mark.row("M01", "N01")
@JAVASCRIPT
def test_stranger_registers_by_a_mailed_link(browser: Browser, demo: Demo, javascript: bool) -> None:
    visitor = Visitor.open(browser, demo, "stranger", javascript=javascript)
    for name in ("stranger", "clean"):
        visitor.goto("/sign-in/")
        visitor.follow("Register")
        visitor.look(javascript)
        visitor.fill("E-mail address or phone number", f"{name}@demo.test")
        visitor.press("Send me a link")
        visitor.heading("Check your e-mail or your phone")
    visitor.look(javascript)
    told = demo.wait_for_message("clean@demo.test", saying="You have an account already")
    assert "/register/" not in told["text"]

    link = link_in(demo.wait_for_message(visitor.email, link="register")["text"], "register")
    for _time in range(3):
        visitor.goto(link)
    visitor.look(javascript)
    visitor.fill("New password", "stranger@demo.test")
    visitor.press("Register")
    visitor.look(javascript)
    visitor.fill("New password", NEW)
    visitor.press("Register")
    visitor.heading("Sign in")
    visitor.goto(link)
    visitor.heading("This link does not work any more")
    visitor.look(javascript)

    visitor.goto("/sign-in/")
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.fill("Password", NEW)
    visitor.press("Continue")
    before = len(demo.messages(visitor.email))
    visitor.press("Send the code")
    visitor.fill("Code from the mail", visitor.code_sent_to(visitor.email, before))
    visitor.press("Sign in")
    visitor.heading("Security")
    assert visitor.problems == []


@pytest.mark.row("J03", "N01")
@JAVASCRIPT
def test_forgotten_password_needs_the_link_and_another_factor(browser: Browser, demo: Demo, javascript: bool) -> None:
    visitor = Visitor.open(browser, demo, "clean", javascript=javascript)
    visitor.goto("/sign-in/")
    visitor.follow("Forgot your password?")
    visitor.look(javascript)
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.press("Send me a link")
    visitor.heading("If you have an account, we sent a link")
    visitor.look(javascript)
    visitor.goto(link_in(demo.wait_for_message(visitor.email, link="password-reset")["text"], "password-reset"))
    visitor.look(javascript)
    visitor.fill("New password", NEW)
    visitor.press("Take this password")
    expect(visitor.page.get_by_role("link", name="Enter one code beside the password.")).to_be_visible()
    visitor.look(javascript)
    visitor.fill("New password", NEW)
    visitor.fill("Code from the app", demo.totp(visitor.email))
    visitor.press("Take this password")
    visitor.heading("Your password is new")
    expect(visitor.page.get_by_text("withdrawals are held until")).to_be_visible()
    visitor.look(javascript)

    visitor.follow("Sign in")
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.fill("Password", NEW)
    visitor.press("Continue")
    assert visitor.page.get_by_role("link", name="Code by mail").count() == 0
    visitor.fill("Code from the app", demo.totp(visitor.email))
    visitor.press("Sign in")
    visitor.heading("Security")
    assert "is no factor until" in visitor.page.inner_text("main")
    visitor.look(javascript)
    assert visitor.problems == []
