"""Keyboard only: every step of proving who you are, with a focus that shows and goes in the order of the page."""

import pytest
from playwright.sync_api import Browser

from portal.demo import personas
from tests.journeys.keyboard import Keyboard
from tests.journeys.running_demo import Demo
from tests.journeys.test_registering import NEW
from tests.journeys.test_security_pages import LOOKED_AT
from tests.journeys.test_status import link_in
from tests.journeys.visitor import Visitor

NEW_ADDRESS = "large.new@demo.test"
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


@pytest.mark.row("N01")
def test_stranger_registers_without_a_mouse(browser: Browser, shared_demo: Demo) -> None:
    visitor = Visitor.open(browser, shared_demo, "stranger")
    keys = Keyboard(visitor.page)
    visitor.goto("/sign-in/")
    keys.press("Register")
    keys.fill("E-mail address or phone number", visitor.email)
    keys.press("Send me a link")
    visitor.heading("Check your e-mail or your phone")
    visitor.goto(link_in(shared_demo.wait_for_message(visitor.email, link="register")["text"], "register"))
    keys.fill("New password", "short")
    keys.press("Register")
    assert visitor.page.title().startswith("Error: ")
    keys.fill("New password", NEW)
    keys.press("Register")
    visitor.heading("Sign in")
    assert visitor.problems == []


@pytest.mark.row("J03", "N01")
def test_forgotten_password_is_replaced_without_a_mouse(browser: Browser, shared_demo: Demo) -> None:
    visitor = Visitor.open(browser, shared_demo, "dusty")
    keys = Keyboard(visitor.page)
    visitor.goto("/sign-in/")
    keys.press("Forgot your password?")
    keys.fill("E-mail address or phone number", visitor.email)
    keys.press("Send me a link")
    visitor.heading("If you have an account, we sent a link")
    visitor.goto(link_in(shared_demo.wait_for_message(visitor.email, link="password-reset")["text"], "password-reset"))
    keys.fill("New password", NEW)
    keys.press("Take this password")
    keys.fill("New password", NEW)
    keys.fill("Code from the app", shared_demo.totp(visitor.email))
    keys.press("Take this password")
    visitor.heading("Your password is new")
    assert visitor.problems == []


@pytest.mark.row("C06", "L05", "N02")
def test_address_is_changed_and_taken_back_without_a_mouse(browser: Browser, shared_demo: Demo) -> None:
    visitor = Visitor.open(browser, shared_demo, "large")
    keys = Keyboard(visitor.page)
    sign_in(visitor, keys)
    keys.press("E-mail and phone")
    keys.press("Change : E-mail address")
    keys.fill("New e-mail address", NEW_ADDRESS)
    keys.press("Continue")
    keys.press("Prove that it is you")
    keys.fill("Code from the app", shared_demo.totp(visitor.email))
    keys.press("Continue")
    keys.fill("Code that we sent to the new contact", visitor.code_sent_to(NEW_ADDRESS, 0))
    keys.press("Make the change")
    visitor.heading("E-mail and phone")

    told = shared_demo.wait_for_message(visitor.email, saying="took the place of this one", link="stop")
    owner = Visitor.open(browser, shared_demo, "large")
    owner.goto(link_in(told["text"], "stop"))
    Keyboard(owner.page).press("It was not me: stop it")
    owner.heading("Your account is locked")
    assert (visitor.problems, owner.problems) == ([], [])


def test_focus_shows_and_follows_the_page_everywhere(browser: Browser, shared_demo: Demo) -> None:
    visitor = Visitor.open(browser, shared_demo, "loaded")
    keys = Keyboard(visitor.page)
    for path in PUBLIC:
        assert_in_order(visitor, keys, path)
    visitor.sign_in()
    for path in LOOKED_AT:
        assert_in_order(visitor, keys, path)
    assert visitor.problems == []
