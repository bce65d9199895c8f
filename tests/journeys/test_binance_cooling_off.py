"""The preset `binance-cooling-off` from sign-in to closed, in a real browser on a real demo: frozen, and readable."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from portal.demo import personas
from tests.journeys.databases import Made
from tests.journeys.running_demo import Demo, running_demo
from tests.journeys.test_closing import CLOSED, MOST_INTERACTIONS, accept_risks, refused_answer
from tests.journeys.test_status import JAVASCRIPT, open_status
from tests.journeys.visitor import Visitor


@pytest.fixture
def demo(tmp_path: Path, tables: Made) -> Iterator[Demo]:
    """A demo under this preset."""
    with running_demo(tmp_path, like=tables, PORTAL_POLICY="binance-cooling-off") as running:
        yield running


def blocked_by_dust(browser: Browser, demo: Demo) -> None:
    """See that the smallest rest stops the closing."""
    visitor = Visitor.open(browser, demo, "dusty")
    visitor.sign_in()
    visitor.goto("/close/risks/")
    accept_risks(visitor)
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("you closing your account")
    visitor.scan()
    assert visitor.problems == []


def walk_to_submitted(visitor: Visitor, *, scan: bool) -> str:
    """Walk a clear account from the start page to the last one and return the reference."""
    visitor.goto("/security/")
    visitor.steps = 0
    visitor.follow("Close your account")
    visitor.look(scan)
    visitor.follow("Start")
    accept_risks(visitor)
    visitor.press("I have what I need")
    visitor.look(scan)
    assert visitor.page.get_by_label("Code from the mail", exact=True).count() == 0
    visitor.fill("Code from the app", visitor.demo.totp(visitor.email))
    visitor.press("Continue")
    visitor.look(scan)
    visitor.fill("Your password", personas.PASSWORD)
    visitor.press("Close account permanently")
    visitor.look(scan)
    text = visitor.page.inner_text("main")
    found = re.search(r"CL-\w{4}-\w{4}", text)
    assert found is not None, text
    assert "Your account closes in 7 days." in text
    return found.group(0)


def read_account(visitor: Visitor, *, scan: bool) -> None:
    """Look at balances and history by one fresh code; the page offers the export beside them."""
    for link in ("See my balances", "See my history", "Download my data", "Cancel closure"):
        expect(visitor.page.get_by_role("link", name=link, exact=True)).to_be_visible()
    visitor.look(scan)
    visitor.follow("See my balances")
    visitor.look(scan)
    visitor.fill("Code from the app", visitor.demo.totp(visitor.email))
    visitor.press("Show it")
    visitor.heading("Your balances")
    visitor.look(scan)
    visitor.follow("History")
    visitor.heading("Your history")
    visitor.look(scan)


@pytest.mark.row("A02", "B11", "C02", "C09", "C11", "D01", "E01", "E02", "E03", "E07", "F01", "M01")
@JAVASCRIPT
def test_account_is_read_while_it_waits_and_closes_after_a_week(browser: Browser, demo: Demo, javascript: bool) -> None:
    if javascript:
        blocked_by_dust(browser, demo)
    visitor = Visitor.open(browser, demo, "clean", javascript=javascript)
    visitor.sign_in()
    reference = walk_to_submitted(visitor, scan=javascript)
    assert visitor.steps <= MOST_INTERACTIONS
    confirmation = demo.wait_for_message(visitor.email, saying=reference)
    assert "Cancel the closure there" in confirmation["text"]
    open_status(visitor, reference, scan=False)
    read_account(visitor, scan=javascript)

    demo.advance(hours=7 * 24 - 1)
    assert CLOSED not in demo.messages(visitor.email)[0]["subject"]
    demo.advance(hours=2)
    assert reference in demo.wait_for_message(visitor.email, saying=CLOSED)["text"]
    assert refused_answer(demo, visitor.email) == refused_answer(demo, "nobody@demo.test")
    assert visitor.problems == []
