"""Keyboard only: every step of proving who you are, with a focus that shows and goes in the order of the page."""

import pytest
from playwright.sync_api import Browser

from portal.demo import personas
from tests.journeys.keyboard import Keyboard
from tests.journeys.running_demo import Demo
from tests.journeys.test_security_pages import LOOKED_AT
from tests.journeys.visitor import Visitor

PUBLIC = ["/", "/sign-in/", "/register/", "/register/sent/", "/password-reset/", "/password-reset/sent/"]


def sign_in(visitor: Visitor, keys: Keyboard) -> None:
    """Sign in with a mailed code."""
    visitor.goto("/")
    keys.press("Sign in")
    keys.fill("E-mail address or phone number", visitor.email)
    keys.fill("Password", personas.PASSWORD)
    before = len(visitor.demo.messages(visitor.email))
    keys.press("Continue")
    keys.press("Code by mail")
    keys.press("Send the code")
    keys.fill("Code from the mail", visitor.code_sent_to(visitor.email, before))
    keys.press("Sign in")
    visitor.heading("Security")


def assert_in_order(visitor: Visitor, keys: Keyboard, path: str) -> None:
    """Tab through a page: every stop shows that it has the focus, and none is skipped or comes too early."""
    visitor.goto(path)
    stops = keys.stops()
    assert [each["place"] for each in stops] == list(range(stops[0]["of"])), (path, stops)
    assert [each["name"] for each in stops if not (each["ring"] and each["seen"])] == [], path


@pytest.mark.row("N04", "N06")
def test_owner_signs_in_chooses_words_and_locks_the_account_without_a_mouse(browser: Browser, demo: Demo) -> None:
    visitor = Visitor.open(browser, demo, "loaded")
    keys = Keyboard(visitor.page)
    sign_in(visitor, keys)

    keys.press("Anti-phishing words")
    keys.press("Prove that it is you")
    keys.fill("Code from the app", demo.totp(visitor.email))
    keys.press("Continue")
    keys.fill("Your words", "blue kettle")
    keys.press("Save")
    assert "From now on every mail of ours shows your words." in visitor.page.inner_text("main")

    visitor.goto("/security/sign-ins/")
    when = visitor.page.locator(".rows .title").first.inner_text()
    keys.press(f"This was not me : {when}")
    keys.press("Lock my account")
    visitor.heading("Your account is locked")
    assert visitor.problems == []


def test_focus_shows_and_follows_the_page_everywhere(browser: Browser, demo: Demo) -> None:
    visitor = Visitor.open(browser, demo, "loaded")
    keys = Keyboard(visitor.page)
    for path in PUBLIC:
        assert_in_order(visitor, keys, path)
    visitor.sign_in()
    for path in LOOKED_AT:
        assert_in_order(visitor, keys, path)
    assert visitor.problems == []
