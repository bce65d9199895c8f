"""Cases and help in a real browser and a real demo: from the step that stops somebody to the answer, and back."""

import re

import pytest
from playwright.sync_api import Browser, expect

from portal.demo import personas
from tests.journeys.clicking import go
from tests.journeys.keyboard import Keyboard
from tests.journeys.running_demo import Demo
from tests.journeys.test_closing import accept_risks, phone_of
from tests.journeys.test_status import link_in
from tests.journeys.visitor import Visitor

JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
QUESTION = "My passport was renewed, and I do not have the old one."
ANSWER = "Which of your documents do you still have?"


def walk_to_document(visitor: Visitor) -> None:
    """Sign in and go on to the step that asks for the document number."""
    visitor.sign_in()
    visitor.follow("Close your account")
    visitor.follow("Start")
    accept_risks(visitor)
    phone = phone_of(visitor.name)
    sent = len(visitor.demo.messages(phone))
    visitor.press("I have what I need")
    visitor.fill("Code from the text message", visitor.code_sent_to(phone, sent))
    visitor.fill("Code from the app", visitor.demo.totp(visitor.email))
    visitor.press("Continue")
    visitor.heading("Your document number")


def write_from_document(visitor: Visitor, *, scan: bool) -> str:
    """Ask for help where the number is asked for; returns the reference of the case."""
    visitor.page.locator("summary").click()
    visitor.look(scan)
    visitor.follow("Write to us about the number")
    visitor.heading("Write to us")
    visitor.press("Send the message")
    expect(visitor.page).to_have_title(re.compile("^Error:"))
    visitor.look(scan)
    expect(visitor.page.get_by_label("What is it about?")).to_have_value("document_number")
    visitor.fill("Your message", QUESTION)
    visitor.press("Send the message")
    visitor.look(scan)
    found = re.search(r"SC-\w{4}-\w{4}", visitor.page.inner_text("h1"))
    assert found is not None, visitor.page.inner_text("main")
    return found.group(0)


def staff_answer(browser: Browser, demo: Demo, reference: str, *, javascript: bool) -> Visitor:
    """Find the case in the day's work, then, without a mouse, claim, read and answer it; returns who did."""
    agent = Visitor.open(browser, demo, "agent", javascript=javascript)
    agent.goto("/staff/")
    agent.fill("E-mail address or phone number", agent.email)
    agent.fill("Password", personas.PASSWORD)
    agent.press("Continue")
    agent.fill("Code from the app", demo.totp(agent.email))
    agent.press("Sign in")
    go(agent.page.get_by_role("link", name=re.compile("Cases to answer")))
    agent.look(javascript)
    go(agent.page.get_by_role("link", name=reference))
    assert QUESTION not in agent.page.inner_text("body")
    agent.look(javascript)
    keys, body = Keyboard(agent.page), agent.page.locator("body")
    keys.press("Claim")
    expect(body).to_contain_text("You are at work on it until")
    keys.fill("Why do you read it?", "Next in the queue.")
    keys.press("Read the messages")
    expect(body).to_contain_text(QUESTION)
    keys.press("Use these words")
    expect(agent.page.get_by_label("Answer to the customer")).to_have_value(re.compile("^We can help you go on"))
    agent.look(javascript)
    agent.fill("Answer to the customer", ANSWER)
    keys.press("Preview")
    expect(body).to_contain_text("The customer would read")
    agent.look(javascript)
    keys.press("Send the answer")
    expect(body).to_contain_text("Your answer waits for the customer")
    return agent


def staff_resolve(agent: Visitor) -> None:
    """Go back to the case, which is still theirs, and resolve it."""
    agent.page.reload()
    keys = Keyboard(agent.page)
    expect(agent.page.locator("body")).to_contain_text("My driving licence.")
    keys.press("Resolve case")
    expect(agent.page.locator("body")).to_contain_text("is resolved.")


@pytest.mark.row("D05", "E07", "L04")
@JAVASCRIPT
def test_customer_gets_help_from_the_document_step(browser: Browser, demo: Demo, javascript: bool) -> None:
    visitor = Visitor.open(browser, demo, "clean", javascript=javascript)
    walk_to_document(visitor)
    reference = write_from_document(visitor, scan=javascript)
    assert reference in demo.wait_for_message(visitor.email, saying="We have your message")["text"]
    visitor.press("Sign out")

    agent = staff_answer(browser, demo, reference, javascript=javascript)
    mail = demo.wait_for_message(visitor.email, saying="An answer waits")
    assert (reference in mail["subject"], ANSWER in mail["text"]) == (True, False)

    visitor.goto("/status/")
    before = len(demo.messages(visitor.email))
    visitor.fill("Reference", reference.lower())
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.press("Send me a link")
    mail = demo.wait_for_message(visitor.email, after=before, saying="Your link to check", link="status")
    for _time in range(3):
        visitor.goto(link_in(mail["text"], "status"))
    visitor.look(javascript)
    visitor.press("Continue")
    visitor.heading(f"Case {reference}")
    expect(visitor.page.locator("main")).to_contain_text(ANSWER)
    visitor.look(javascript)
    visitor.fill("Your message", "My driving licence.")
    visitor.press("Send the message")
    expect(visitor.page.locator("main")).to_contain_text("My driving licence.")
    staff_resolve(agent)
    visitor.press("Leave this page for good")
    visitor.heading("Check a request")
    visitor.goto("/status/case/")
    visitor.heading("Check a request")
    assert (visitor.problems, agent.problems) == ([], [])


@pytest.mark.row("D06", "M03", "M06")
@JAVASCRIPT
def test_visitor_finds_an_answer_and_says_that_it_helped(browser: Browser, demo: Demo, javascript: bool) -> None:
    visitor = Visitor.open(browser, demo, "clean", javascript=javascript)
    visitor.goto("/")
    visitor.look(javascript)
    visitor.follow("Help")
    visitor.look(javascript)
    visitor.fill("What do you need help with?", "code sms")
    visitor.press("Search")
    visitor.look(javascript)
    visitor.follow("A code does not arrive or is refused")
    visitor.heading("A code does not arrive or is refused")
    visitor.look(javascript)
    visitor.press("Yes")
    expect(visitor.page.locator("main")).to_contain_text("Thank you.")
    visitor.look(javascript)
    visitor.follow("Write to us")
    visitor.look(javascript)
    before = len(demo.messages("nobody@demo.test"))
    visitor.page.get_by_label("What is it about?").select_option("lost_factor")
    visitor.fill("E-mail address or phone number", "nobody@demo.test")
    visitor.fill("Your message", "No code comes.")
    visitor.press("Send the message")
    visitor.heading("We have your message")
    visitor.look(javascript)
    assert "SC-" in demo.wait_for_message("nobody@demo.test", after=before, saying="We have your message")["text"]
    visitor.goto("/help/?q=xyzzy")
    visitor.look(javascript)
    assert visitor.problems == []
