"""Frozen customers see, cancel and stop in a real browser, by the links that a real demo sends."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.running_demo import Demo, link_of
from tests.journeys.test_closing import refused_answer
from tests.journeys.visitor import Visitor

JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])


def link_in(text: str, purpose: str) -> str:
    """Return the path of a link in a message."""
    found = link_of(purpose).search(text)
    assert found is not None, text
    return found.group(1)


def frozen(browser: Browser, demo: Demo, *, javascript: bool) -> tuple[Visitor, str, str]:
    """Return somebody who asked two days ago, their reference, and the link of their confirmation."""
    visitor = Visitor.open(browser, demo, "frozen", javascript=javascript)
    text = demo.wait_for_message(visitor.email, saying="You asked us to close", link="stop")["text"]
    found = re.search(r"CL-\w{4}-\w{4}", text)
    assert found is not None, text
    return visitor, found.group(0), link_in(text, "stop")


def open_status(visitor: Visitor, reference: str, *, scan: bool) -> None:
    """Ask for the link from the home page, and open it."""
    visitor.goto("/")
    visitor.look(scan)
    visitor.follow("Check a request You asked us to close your account? See where it stands, stop it, or cancel it.")
    visitor.look(scan)
    before = len(visitor.demo.messages(visitor.email))
    visitor.fill("Reference", reference.lower())
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.press("Send me a link")
    visitor.heading("If these match, we sent a link")
    visitor.look(scan)
    mail = visitor.demo.wait_for_message(visitor.email, after=before, saying="check request", link="status")
    for _time in range(3):
        visitor.goto(link_in(mail["text"], "status"))
    visitor.look(scan)
    visitor.press("Continue")


@pytest.mark.row("C10", "E03", "E07")
@JAVASCRIPT
def test_frozen_customer_sees_and_cancels(browser: Browser, demo: Demo, javascript: bool) -> None:
    visitor, reference, _stop = frozen(browser, demo, javascript=javascript)
    open_status(visitor, reference, scan=javascript)
    main = visitor.page.inner_text("main")
    assert [
        word for word in (reference, "4 days 23 hours left", "You asked us to close your account") if word not in main
    ] == []
    visitor.look(javascript)

    visitor.follow("Cancel closure")
    visitor.look(javascript)
    visitor.fill("Code from the app", "000000")
    visitor.press("Cancel closure")
    visitor.heading("Cancel closure")
    visitor.look(javascript)
    demo.advance(hours=1)  # the link's half hour is over, so another is asked for
    visitor.goto("/status/open/")
    visitor.heading("Check a request")
    open_status(visitor, reference, scan=False)
    visitor.follow("Cancel closure")
    visitor.fill("Code from the app", demo.totp(visitor.email))
    visitor.press("Cancel closure")
    visitor.heading("This closure is cancelled")
    visitor.look(javascript)
    assert "withdrawals are held until" in demo.wait_for_message(visitor.email, saying="is cancelled")["text"]

    visitor.press("Leave this page for good")
    visitor.sign_in()
    assert visitor.problems == []


@pytest.mark.row("C10", "E07", "L05")
@JAVASCRIPT
def test_stranger_s_closure_is_stopped_from_the_confirmation(browser: Browser, demo: Demo, javascript: bool) -> None:
    visitor, reference, stop = frozen(browser, demo, javascript=javascript)
    for _time in range(3):
        visitor.goto(stop)
    visitor.heading("Stop the closing of your account")
    visitor.look(javascript)
    visitor.press("Stop it and lock my account")
    visitor.heading("The closing is stopped")
    visitor.look(javascript)
    assert "SC-" in demo.wait_for_message(visitor.email, saying="We stopped")["text"]
    assert reference in demo.wait_for_message("compliance@demo.test", saying="Dispute")["text"]
    assert refused_answer(demo, visitor.email) == refused_answer(demo, "nobody@demo.test")
    visitor.goto(stop)
    visitor.heading("This link does not work any more")
    visitor.look(javascript)
    assert visitor.problems == []


@pytest.mark.row("E07")
def test_frozen_customer_stops_it_from_the_status_page(browser: Browser, demo: Demo) -> None:
    visitor, reference, _stop = frozen(browser, demo, javascript=True)
    open_status(visitor, reference, scan=False)
    visitor.follow("I did not ask for this")
    visitor.scan()
    visitor.press("Stop it and lock my account")
    visitor.heading("This closure is cancelled")
    expect(visitor.page.locator("main")).to_contain_text("Your account is locked")
    visitor.scan()
    assert visitor.problems == []


@pytest.mark.row("E05", "M01")
def test_closed_accounts_are_answered_the_same_and_sent_nothing(browser: Browser, demo: Demo) -> None:
    visitor = Visitor.open(browser, demo, "closed")
    found = re.search(
        r"CL-\w{4}-\w{4}", demo.wait_for_message(visitor.email, saying="Your account is closed (")["text"]
    )
    assert found is not None
    visitor.goto("/status/")
    visitor.fill("Reference", found.group(0))
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.press("Send me a link")
    visitor.heading("If these match, we sent a link")
    demo.advance(hours=0.1)
    assert [each["subject"] for each in demo.messages(visitor.email) if "check request" in each["subject"]] == []
    assert visitor.problems == []
