"""Every page of the security centre in a real browser: nothing that axe finds, light and dark, narrow and wide."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.clicking import go
from tests.journeys.running_demo import Demo
from tests.journeys.test_closing import phone_of
from tests.journeys.test_status import link_in
from tests.journeys.visitor import Visitor

LOOKED_AT = [
    "/security/",
    "/security/factors/",
    "/security/password/",
    "/security/contact/",
    "/security/devices/",
    "/security/sign-ins/",
    "/security/anti-phishing/",
    "/security/api-keys/",
    "/security/addresses/",
    "/security/factors/totp/",
    "/security/factors/passkey/",
    "/security/factors/backup/",
    "/security/contact/email/",
    "/security/contact/phone/",
]
ONE_BY_ONE = [
    ("/security/factors/", "Check that it works"),
    ("/security/factors/", "Rename"),
    ("/security/factors/", "Remove"),
    ("/security/sign-ins/", "This was not me"),
    ("/security/api-keys/", "Revoke"),
    ("/security/addresses/", "Remove"),
]
GONE = "x" * 43
JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])


@pytest.mark.row("N06")
def test_every_page_is_free_of_accessibility_problems(browser: Browser, shared_demo: Demo) -> None:
    visitor = Visitor.open(browser, shared_demo, "loaded")
    visitor.sign_in()
    for path in LOOKED_AT:
        visitor.goto(path)
        expect(visitor.page).to_have_url(f"{shared_demo.origin}{path}")
        visitor.scan()
    for path, link in ONE_BY_ONE:
        visitor.goto(path)
        go(visitor.page.get_by_role("link", name=re.compile(f"^{link}")).first)
        visitor.scan()
    visitor.goto("/security/factors/backup/")
    visitor.press("Prove that it is you")
    visitor.fill("Code from the app", "000000")
    visitor.press("Continue")
    visitor.scan()
    visitor.fill("Code from the app", shared_demo.totp(visitor.email))
    visitor.press("Continue")
    visitor.scan()
    visitor.press("Make ten codes")
    expect(visitor.page.locator(".codes li")).to_have_count(10)
    visitor.scan()
    assert visitor.problems == []


@pytest.mark.row("M01")
def test_refusals_are_pages_of_the_portal_too(browser: Browser, shared_demo: Demo) -> None:
    visitor = Visitor.open(browser, shared_demo, "nobody")
    for path, status in (("/nothing-here/", 404), (f"/register/{GONE}/", 410), (f"/stop/{GONE}/", 410)):
        answer = visitor.page.goto(f"{shared_demo.origin}{path}")
        assert answer is not None
        assert answer.status == status
        visitor.scan()
    for _guess in range(6):
        visitor.goto("/sign-in/")
        visitor.fill("E-mail address or phone number", visitor.email)
        visitor.fill("Password", "wrong")
        visitor.press("Continue")
    visitor.heading("Too many attempts")
    visitor.scan()
    assert visitor.problems == []


@pytest.mark.row("A13", "N03")
@JAVASCRIPT
def test_first_authenticator_is_set_up_after_a_mailed_code(browser: Browser, demo: Demo, javascript: bool) -> None:
    visitor = Visitor.open(browser, demo, "new", javascript=javascript)
    visitor.sign_in()
    visitor.follow("Turn on the authenticator app. A code by mail alone is no second factor.")
    before = len(demo.messages(visitor.email))
    visitor.press("Prove that it is you")
    visitor.fill("Code from the mail", visitor.code_sent_to(visitor.email, before))
    visitor.press("Continue")
    visitor.look(javascript)
    expect(visitor.page.locator("img.qr")).to_be_visible()
    visitor.fill("Code from the app", "000000")
    visitor.press("Turn on")
    visitor.look(javascript)
    expect(visitor.page.get_by_text("That code is not right").first).to_be_visible()
    assert visitor.problems == []


@pytest.mark.row("C06", "L05")
@JAVASCRIPT
def test_changed_address_is_taken_back_by_the_old_one(browser: Browser, demo: Demo, javascript: bool) -> None:
    visitor = Visitor.open(browser, demo, "clean", javascript=javascript)
    visitor.sign_in()
    visitor.goto("/security/contact/email/")
    visitor.fill("New e-mail address", "clean.new@demo.test")
    visitor.press("Continue")
    visitor.look(javascript)
    visitor.press("Prove that it is you")
    visitor.look(javascript)
    sent = len(demo.messages(phone_of("clean")))
    visitor.press("Send a code by text message")
    visitor.fill("Code from the text message", visitor.code_sent_to(phone_of("clean"), sent))
    visitor.press("Continue")
    visitor.look(javascript)
    visitor.fill("Code that we sent to the new contact", visitor.code_sent_to("clean.new@demo.test", 0))
    visitor.press("Make the change")
    visitor.heading("E-mail and phone")
    told = demo.wait_for_message("clean@demo.test", saying="took the place of this one", link="stop")

    owner = Visitor.open(browser, demo, "clean", javascript=javascript)
    for _time in range(3):
        owner.goto(link_in(told["text"], "stop"))
    owner.look(javascript)
    owner.press("It was not me: stop it")
    owner.heading("Your account is locked")
    owner.look(javascript)
    visitor.goto("/security/")
    visitor.heading("Sign in")
    assert demo.wait_for_message("clean@demo.test", saying="We locked it")["channel"] == "email"
    assert (visitor.problems, owner.problems) == ([], [])
