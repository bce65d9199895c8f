"""The preset `binance-us` from sign-in to closed, in a real browser on a real demo: two codes, one agent, a week."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from portal.demo import personas
from tests.journeys.clicking import go
from tests.journeys.databases import Made
from tests.journeys.running_demo import Demo, running_demo
from tests.journeys.test_binance import sign_in_agent
from tests.journeys.test_closing import CLOSED, MOST_INTERACTIONS, accept_risks, refused_answer
from tests.journeys.test_status import open_status
from tests.journeys.visitor import Visitor


@pytest.fixture
def demo(tmp_path: Path, tables: Made) -> Iterator[Demo]:
    """A demo under this preset."""
    with running_demo(tmp_path, like=tables, PORTAL_POLICY="binance-us") as running:
        yield running


def walk_to_submitted(visitor: Visitor) -> str:
    """Walk a clear account from the start page to the last one and return the reference."""
    visitor.goto("/security/")
    visitor.steps = 0
    visitor.follow("Close your account")
    expect(visitor.page.locator("main")).to_contain_text("2 codes, by: mail, authenticator app.")
    visitor.scan()
    visitor.follow("Start")
    accept_risks(visitor)
    before = len(visitor.demo.messages(visitor.email))
    visitor.press("I have what I need")
    assert visitor.page.get_by_label("Code from the text message", exact=True).count() == 0
    visitor.scan()
    visitor.fill("Code from the mail", visitor.code_sent_to(visitor.email, before))
    visitor.fill("Code from the app", visitor.demo.totp(visitor.email))
    visitor.press("Continue")
    visitor.scan()
    visitor.fill("Your password", personas.PASSWORD)
    visitor.press("Close account permanently")
    text = visitor.page.inner_text("main")
    found = re.search(r"CL-\w{4}-\w{4}", text)
    assert found is not None, text
    return found.group(0)


def approve(agent: Visitor, reference: str) -> None:
    """Find the request and approve it; nobody else is asked."""
    agent.goto(f"/staff/closure/closurerequest/?q={reference}")
    if agent.page.get_by_role("link", name=reference, exact=True).count():
        agent.follow(reference)
    panel = agent.page.locator("details.offer").filter(has_text="Approve").first
    panel.get_by_label("Reason").fill("All in order.")
    go(panel.get_by_role("button", name="Approve closing"))
    expect(agent.page.get_by_text(f"{reference} is approved.")).to_be_visible()


@pytest.mark.row("B11", "C02", "C09", "C11", "D01", "E01", "E02", "E03", "F01", "M01")
def test_account_closes_after_one_agent_and_a_week(browser: Browser, demo: Demo) -> None:
    visitor = Visitor.open(browser, demo, "clean")
    visitor.sign_in()
    reference = walk_to_submitted(visitor)
    assert visitor.steps <= MOST_INTERACTIONS
    assert "Cancel the closure there" in demo.wait_for_message(visitor.email, saying=reference)["text"]
    agent = sign_in_agent(browser, demo)
    approve(agent, reference)
    open_status(visitor, reference, scan=False)
    links = visitor.page.get_by_role("main").get_by_role("link")
    for offered, count in (("Download my data", 1), ("Cancel closure", 1), ("See my balances", 0)):
        assert links.filter(has_text=offered).count() == count, offered
    visitor.scan()

    demo.advance(hours=7 * 24 - 1)
    assert CLOSED not in demo.messages(visitor.email)[0]["subject"]
    demo.advance(hours=2)
    assert reference in demo.wait_for_message(visitor.email, saying=CLOSED)["text"]
    assert refused_answer(demo, visitor.email) == refused_answer(demo, "nobody@demo.test")
    assert (visitor.problems, agent.problems) == ([], [])
