"""The preset `binance` from sign-in to closed, in a real browser on a real demo."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from portal.demo import personas
from tests.journeys.clicking import go
from tests.journeys.databases import Made
from tests.journeys.running_demo import Demo, running_demo
from tests.journeys.test_closing import CLOSED, MOST_INTERACTIONS, accept_risks, phone_of, refused_answer
from tests.journeys.visitor import Visitor

WITHIN = "Your account closes within 24-72 hours."
CONSENT = "Staff may compare my face with the photo of my document."
DECLINE = "No face check. Staff look at my documents instead."


@pytest.fixture
def demo(tmp_path: Path, tables: Made) -> Iterator[Demo]:
    """A demo under this preset."""
    with running_demo(tmp_path, like=tables, PORTAL_POLICY="binance") as running:
        yield running


def blocked_by_keys(browser: Browser, demo: Demo) -> None:
    """See that keys stop the closing, and that they are to be deleted first."""
    visitor = Visitor.open(browser, demo, "loaded")
    visitor.sign_in()
    visitor.goto("/close/risks/")
    accept_risks(visitor)
    card = visitor.page.get_by_role("article").filter(has=visitor.page.get_by_role("heading", name="API keys"))
    expect(card).to_contain_text("You have API keys. You delete each one before you close.")
    expect(card).to_contain_text("Fix now")
    visitor.scan()
    assert visitor.problems == []


def walk_to_submitted(visitor: Visitor, *, choice: str, scan: bool) -> str:
    """Walk a clear account from the start page to the last one and return the reference."""
    phone = phone_of(visitor.name)
    visitor.goto("/security/")
    visitor.steps = 0
    visitor.follow("Close your account")
    visitor.look(scan)
    visitor.follow("Start")
    visitor.look(scan)
    accept_risks(visitor)
    sent = {to: len(visitor.demo.messages(to)) for to in (phone, visitor.email)}
    visitor.look(scan)
    visitor.press("I have what I need")
    for sentence in ("the mail", "the text message", "the authenticator app"):
        expect(visitor.page.locator("main")).to_contain_text(f"Give the code from {sentence}.")
    assert visitor.page.get_by_role("button", name="Give me more time").count() == 0
    visitor.look(scan)
    visitor.fill("Code from the mail", visitor.code_sent_to(visitor.email, sent[visitor.email]))
    visitor.fill("Code from the text message", visitor.code_sent_to(phone, sent[phone]))
    visitor.fill("Code from the app", visitor.demo.totp(visitor.email))
    visitor.press("Continue")
    expect(visitor.page.locator("main")).to_contain_text("Only support can cancel it in this time.")
    assert visitor.page.get_by_label("Your password").count() == 0
    visitor.look(scan)
    visitor.tick(choice)
    visitor.press("Close account permanently")
    visitor.look(scan)
    text = visitor.page.inner_text("main")
    found = re.search(r"CL-\w{4}-\w{4}", text)
    assert found is not None, text
    assert WITHIN in text
    return found.group(0)


def sign_in_agent(browser: Browser, demo: Demo) -> Visitor:
    """Sign the demo's agent in, with the code of the app."""
    agent = Visitor.open(browser, demo, "agent")
    agent.goto("/sign-in/")
    agent.fill("E-mail address or phone number", agent.email)
    agent.fill("Password", personas.PASSWORD)
    agent.press("Continue")
    agent.fill("Code from the app", demo.totp(agent.email))
    agent.press("Sign in")
    return agent


def decide(agent: Visitor, reference: str, outcome: str) -> None:
    """Find the request, record what was seen, then approve."""
    agent.goto(f"/staff/closure/closurerequest/?q={reference}")
    if agent.page.get_by_role("link", name=reference, exact=True).count():
        agent.follow(reference)
    agent.scan()
    face = agent.page.get_by_role("region", name="Face check")
    face.get_by_label(outcome).check()
    face.get_by_label("Reason").fill("Compared with what is on file.")
    go(face.get_by_role("button", name="Record the outcome"))
    expect(agent.page.get_by_text("The outcome of the face check is recorded.")).to_be_visible()
    panel = agent.page.locator("details.offer").filter(has_text="Approve").first
    panel.get_by_label("Reason").fill("All in order.")
    go(panel.get_by_role("button", name="Approve closing"))
    expect(agent.page.get_by_text(f"{reference} is approved.")).to_be_visible()


@pytest.mark.row("A11", "C11", "C12", "C13", "D01", "D02", "E01", "E03", "F01", "M01")
@pytest.mark.parametrize(
    ("choice", "outcome", "javascript"),
    [(CONSENT, "the face matches", True), (DECLINE, "confirmed by documents", False)],
    ids=["face_with_javascript", "documents_without_javascript"],
)
def test_account_closes_from_blocked_keys_to_the_end(
    browser: Browser, demo: Demo, choice: str, outcome: str, javascript: bool
) -> None:
    if javascript:
        blocked_by_keys(browser, demo)
    visitor = Visitor.open(browser, demo, "clean", javascript=javascript)
    visitor.sign_in()
    reference = walk_to_submitted(visitor, choice=choice, scan=javascript)
    assert visitor.steps <= MOST_INTERACTIONS
    confirmation = demo.wait_for_message(visitor.email, saying=reference)
    assert "Contact us before the account closes" in confirmation["text"]

    agent = sign_in_agent(browser, demo)
    decide(agent, reference, outcome)
    demo.advance(hours=23)
    assert CLOSED not in demo.messages(visitor.email)[0]["subject"]
    demo.advance(hours=2)
    assert reference in demo.wait_for_message(visitor.email, saying=CLOSED)["text"]
    assert refused_answer(demo, visitor.email) == refused_answer(demo, "nobody@demo.test")
    assert (visitor.problems, agent.problems) == ([], [])
