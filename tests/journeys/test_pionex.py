"""The preset `pionex` from sign-in to deleted, in a real browser on a real demo: keys, notes, captcha, no wait."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.databases import Made
from tests.journeys.running_demo import Demo, running_demo
from tests.journeys.test_closing import CLOSED, MOST_INTERACTIONS, accept_risks, phone_of, refused_answer
from tests.journeys.test_status import JAVASCRIPT, link_in
from tests.journeys.visitor import Visitor

LATER = "/close/verify/"


@pytest.fixture
def demo(tmp_path: Path, tables: Made) -> Iterator[Demo]:
    """A demo under this preset."""
    with running_demo(tmp_path, like=tables, PORTAL_POLICY="pionex") as running:
        yield running


def blocked_by_keys(browser: Browser, demo: Demo) -> None:
    """See that keys stop the closing, and that each unit of dust does."""
    visitor = Visitor.open(browser, demo, "loaded")
    visitor.sign_in()
    visitor.goto("/close/risks/")
    accept_risks(visitor)
    card = visitor.page.get_by_role("article").filter(has=visitor.page.get_by_role("heading", name="API keys"))
    expect(card).to_contain_text("You have API keys. You delete each one before you close.")
    visitor.scan()
    assert visitor.problems == []


def pass_notes(visitor: Visitor, *, javascript: bool) -> None:
    """Tick the notes; a browser with scripts does its sum meanwhile, one without waits half a minute."""
    visitor.goto(LATER)
    expect(visitor.page).to_have_url(f"{visitor.demo.origin}/close/")
    visitor.follow("Start")
    visitor.look(javascript)
    if javascript:
        accept_risks(visitor)
        return
    expect(visitor.page.get_by_text("It cannot do that? Then stay on this page for 30 seconds")).to_be_visible()
    accept_risks(visitor)
    visitor.heading("Read this first")
    expect(visitor.page.locator("main")).to_contain_text("more seconds, then press the button again.")
    visitor.goto(LATER)
    expect(visitor.page).to_have_url(f"{visitor.demo.origin}/close/risks/")
    accept_risks(visitor)
    visitor.demo.advance(hours=31 / 3600)
    visitor.press("Next: check my account")


def walk_to_submitted(visitor: Visitor, *, javascript: bool) -> str:
    """Walk a clear account from the start page to the last one and return the reference."""
    phone = phone_of(visitor.name)
    visitor.goto("/security/")
    visitor.steps = 0
    visitor.follow("Close your account")
    expect(visitor.page.locator("main")).to_contain_text("No waiting time: we begin at once.")
    visitor.look(javascript)
    pass_notes(visitor, javascript=javascript)
    sent = len(visitor.demo.messages(phone))
    visitor.look(javascript)
    visitor.press("I have what I need")
    visitor.fill("Code from the text message", visitor.code_sent_to(phone, sent))
    visitor.fill("Code from the app", visitor.demo.totp(visitor.email))
    visitor.press("Continue")
    visitor.look(javascript)
    visitor.fill("Document number", f"DEMO-{visitor.name.upper()}-1")
    visitor.press("Continue")
    expect(visitor.page.locator("main")).to_contain_text("It cannot be cancelled.")
    assert visitor.page.get_by_label("Your password").count() == 0
    visitor.look(javascript)
    visitor.press("Close account permanently")
    visitor.look(javascript)
    visitor.heading("Closing now")
    found = re.search(r"CL-\w{4}-\w{4}", visitor.page.inner_text("main"))
    assert found is not None
    return found.group(0)


@pytest.mark.row("A11", "C02", "C05", "C10", "C11", "D01", "D03", "E01", "E03", "F01", "M01")
@JAVASCRIPT
def test_account_closes_at_once_after_the_captcha(browser: Browser, demo: Demo, javascript: bool) -> None:
    if javascript:
        blocked_by_keys(browser, demo)
    visitor = Visitor.open(browser, demo, "clean", javascript=javascript)
    visitor.sign_in()
    reference = walk_to_submitted(visitor, javascript=javascript)
    assert not javascript or visitor.steps <= MOST_INTERACTIONS
    # It may be closed, and told so too, by the time that anybody looks.
    confirmation = demo.wait_for_message(visitor.email, saying="This closure cannot be cancelled.", link="stop")
    assert reference in confirmation["text"]
    stop = link_in(confirmation["text"], "stop")

    demo.advance(hours=0.1)
    assert reference in demo.wait_for_message(visitor.email, saying=CLOSED)["text"]
    visitor.page.reload()
    visitor.heading("Deleted")
    visitor.look(javascript)
    visitor.goto(stop)
    visitor.heading("This link does not work any more")
    assert refused_answer(demo, visitor.email) == refused_answer(demo, "nobody@demo.test")
    assert visitor.problems == []
