"""A disabled customer comes back in a real browser: refused at once, refused by staff, then let in (J07-J18, L04)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from closure.evidence.enums import Fault, Subject
from portal.demo import personas
from tests.closure.photographed import photo_of
from tests.journeys.clicking import go, lands_on
from tests.journeys.databases import Made
from tests.journeys.keyboard import Keyboard
from tests.journeys.running_demo import Demo, running_demo
from tests.journeys.test_status import link_in
from tests.journeys.visitor import Visitor

NEW = "another-Horse-9-harbor!"
NOTE_PHOTO, FRONT = "Photo of you with the note", "Photo of the front of the document"
REASON = "Compared letter by letter."
CHECKED_MS = 60_000


@pytest.fixture
def demo(tmp_path: Path, tables: Made) -> Iterator[Demo]:
    """A demo under the preset that offers disabling first."""
    with running_demo(tmp_path, like=tables, PORTAL_POLICY="binance-us") as running:
        yield running


def enter(visitor: Visitor, *, scan: bool = False) -> None:
    """Ask for the link, open it by its button, and give the password; a keyboard is enough."""
    keys = Keyboard(visitor.page)
    visitor.goto("/")
    keys.press("Reactivate You disabled your account, and want it back.")
    visitor.look(scan)
    before = len(visitor.demo.messages(visitor.email))
    keys.fill("E-mail address or phone number", visitor.email)
    keys.press("Send me a link")
    visitor.heading("If this account can be reactivated, we sent a link")
    visitor.look(scan)
    told = visitor.demo.wait_for_message(visitor.email, after=before, link="reactivate")
    visitor.goto(link_in(told["text"], "reactivate"))
    visitor.look(scan)
    keys.press("Continue")
    visitor.heading("Prove that it is you")
    visitor.look(scan)
    keys.fill("Your password", "wrong")
    keys.press("Continue")
    visitor.look(scan)
    keys.fill("Your password", personas.PASSWORD)
    keys.press("Continue")
    visitor.heading("Write a note, and hold it")


def choose(visitor: Visitor, label: str, subject: Subject, fault: Fault | None = None) -> None:
    """Choose a photo."""
    photo = {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": photo_of(subject, fault)}
    visitor.page.get_by_label(label, exact=True).set_input_files(photo)  # type: ignore[arg-type]  # a file's payload


def send(visitor: Visitor, heading: str, label: str) -> None:
    """Send it; a check in a limited process takes a moment, and with a script nothing is loaded."""
    visitor.page.get_by_role("button", name=f"Check and send : {label}").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(heading, timeout=CHECKED_MS)


def told_when_chosen(visitor: Visitor, words: str) -> None:
    """The page says what it finds of a photo before anything is sent, and shows the photo, which is still here."""
    expect(visitor.page.locator("[data-look]")).to_contain_text(words, timeout=CHECKED_MS)
    expect(visitor.page.locator("[data-look]")).to_contain_text("We look again when you send it.")
    expect(visitor.page.get_by_role("img", name="The photo that you chose, small.")).to_be_visible()


def refused_at_once(visitor: Visitor) -> None:
    """A blurred photo is told of when it is chosen, and comes back with its rule; it stays chosen, to be sent still."""
    choose(visitor, NOTE_PHOTO, Subject.PERSON)
    told_when_chosen(visitor, "large, light and sharp enough")
    choose(visitor, NOTE_PHOTO, Subject.PERSON, Fault.BLURRED)
    told_when_chosen(visitor, "The photo is blurred.")
    visitor.look()
    visitor.page.get_by_role("button", name=f"Check and send : {NOTE_PHOTO}").click()
    problem = visitor.page.locator("#problems")
    expect(problem).to_contain_text("The photo is blurred.", timeout=CHECKED_MS)
    expect(visitor.page.get_by_role("button", name="Send it all the same")).to_be_visible()
    assert visitor.page.title().startswith("Error: ")
    kept = visitor.page.get_by_label(NOTE_PHOTO, exact=True).evaluate("field => field.files.length")
    assert kept == 1
    expect(visitor.page.locator("[data-look]")).to_be_empty()
    lands_on(problem)
    visitor.look()


def hand_in(visitor: Visitor, *, scan: bool = False) -> str:
    """Send a fine photo of each, look once more, and hand it in; returns the reference."""
    choose(visitor, NOTE_PHOTO, Subject.PERSON)
    send(visitor, "Your identity document", NOTE_PHOTO)
    visitor.look(scan)
    visitor.page.get_by_label("Passport.", exact=False).first.check()
    visitor.press("Choose")
    visitor.look(scan)
    choose(visitor, FRONT, Subject.DOCUMENT)
    send(visitor, "Look once more, then send", FRONT)
    visitor.look(scan)
    Keyboard(visitor.page).press("Send to our staff")
    visitor.heading("Your photos are with our staff")
    visitor.look(scan)
    return visitor.page.locator(".ref").first.inner_text()


def staff(browser: Browser, demo: Demo, name: Literal["agent", "lead"]) -> Visitor:
    """Sign a member of staff in, with the code of the app."""
    person = Visitor.open(browser, demo, name)
    person.goto("/sign-in/")
    person.fill("E-mail address or phone number", person.email)
    person.fill("Password", personas.PASSWORD)
    person.press("Continue")
    person.fill("Code from the app", demo.totp(person.email))
    person.press("Sign in")
    return person


def look_at(person: Visitor, reference: str) -> None:
    """Open the reactivation, and its photos for a reason."""
    person.goto("/staff/closure/reactivation/")
    person.follow(reference)
    if person.page.get_by_role("button", name="Show the photos").count():
        person.page.get_by_label("Why do you look at them?").fill(REASON)
        go(person.page.get_by_role("button", name="Show the photos"))
    expect(person.page.get_by_text("Reactivate my account associated with (disabled@demo.test)")).to_be_visible()


def refuse(agent: Visitor, reference: str) -> None:
    """Refuse by the rule that the note breaks."""
    look_at(agent, reference)
    offer = agent.page.locator("details", has=agent.page.locator("#id_refuse_reason"))
    offer.locator("summary").first.click()
    offer.get_by_label("note does not say exactly the text").check()
    offer.locator("#id_refuse_reason").fill(REASON)
    go(offer.get_by_role("button", name="Refuse reactivation"))
    expect(agent.page.get_by_text(f"{reference} is refused.")).to_be_visible()


def read_the_refusal(visitor: Visitor, *, scan: bool = False) -> None:
    """Read the rule that is broken, in the mail and on the page, and begin again."""
    told = visitor.demo.wait_for_message(visitor.email, saying="We could not accept it.")
    assert "Write exactly the text that we show" in told["text"]
    visitor.goto("/reactivate/sent/")
    visitor.heading("We could not reactivate your account")
    expect(visitor.page.locator("main")).to_contain_text("Write exactly the text that we show")
    visitor.look(scan)
    visitor.press("Begin again")
    visitor.heading("Write a note, and hold it")


def approve(person: Visitor, reference: str, button: str) -> None:
    """Propose, or confirm."""
    look_at(person, reference)
    offer = person.page.locator("details", has=person.page.locator("#id_approve_reason"))
    if not person.page.locator("#id_approve_reason").is_visible():
        offer.locator("summary").first.click()
    person.page.locator("#id_approve_reason").fill(REASON)
    go(person.page.get_by_role("button", name=button).last)


def come_in(visitor: Visitor, *, scan: bool = False) -> None:
    """Choose a new password by a mailed link and the app, sign in, and find the list that leads through everything."""
    visitor.goto("/password-reset/")
    before = len(visitor.demo.messages(visitor.email))
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.press("Send me a link")
    told = visitor.demo.wait_for_message(visitor.email, after=before, link="password-reset")
    visitor.goto(link_in(told["text"], "password-reset"))
    visitor.fill("New password", NEW)
    visitor.fill("Code from the app", visitor.demo.totp(visitor.email))
    visitor.press("Take this password")
    visitor.heading("Your password is new")
    visitor.goto("/sign-in/")
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.fill("Password", NEW)
    visitor.press("Continue")
    visitor.fill("Code from the app", visitor.demo.totp(visitor.email))
    visitor.press("Sign in")
    visitor.heading("Welcome back")
    visitor.look(scan)
    visitor.goto("/close/check/withdraw_crypto/")
    expect(visitor.page.locator("main")).to_contain_text("First finish your welcome-back list.")


@pytest.mark.row("J07", "J08", "J09", "J10", "J11", "J12", "J13", "J14", "J15", "J18", "L04", "L06", "N01")
def test_disabled_customer_is_refused_twice_then_comes_back(browser: Browser, demo: Demo) -> None:
    visitor = Visitor.open(browser, demo, "disabled")
    enter(visitor, scan=True)
    visitor.scan()
    refused_at_once(visitor)
    first = hand_in(visitor, scan=True)
    agent = staff(browser, demo, "agent")
    refuse(agent, first)
    read_the_refusal(visitor, scan=True)
    visitor.follow("Withdraw the reactivation")
    visitor.scan()
    visitor.press("Withdraw the reactivation")
    visitor.heading("This reactivation is over")
    visitor.scan()
    visitor.press("Begin again")
    second = hand_in(visitor)
    assert second != first
    approve(agent, second, "Propose approval")
    lead = staff(browser, demo, "lead")
    approve(lead, second, "Confirm approval")
    demo.wait_for_message(visitor.email, saying="is open again")
    visitor.goto("/reactivate/sent/")
    visitor.heading("Reactivate your account")
    visitor.goto("/reactivate/" + "x" * 43 + "/")
    visitor.heading("This link does not work any more")
    visitor.scan()
    come_in(visitor, scan=True)
    assert (visitor.problems, agent.problems, lead.problems) == ([], [], [])


@pytest.mark.row("J07", "J08", "J15", "J18", "L04")
def test_it_works_without_scripts_too(browser: Browser, demo: Demo) -> None:
    visitor = Visitor.open(browser, demo, "disabled", javascript=False)
    enter(visitor)
    choose(visitor, NOTE_PHOTO, Subject.PERSON, Fault.BLURRED)
    visitor.press(f"Check and send : {NOTE_PHOTO}")
    main = visitor.page.locator("main")
    expect(main).to_contain_text("The photo is blurred.")
    choose(visitor, NOTE_PHOTO, Subject.PERSON, Fault.BLURRED)
    visitor.press("Send it all the same")
    visitor.heading("Your identity document")
    visitor.follow("Note (done)")
    first = hand_in_pages(visitor, "Check and send another photo")
    agent = staff(browser, demo, "agent")
    refuse(agent, first)
    read_the_refusal(visitor)
    second = hand_in_pages(visitor, "Check and send")
    assert second != first
    approve(agent, second, "Propose approval")
    approve(staff(browser, demo, "lead"), second, "Confirm approval")
    come_in(visitor)
    assert visitor.problems == []


def hand_in_pages(visitor: Visitor, button: str) -> str:
    """Send a fine photo of each, page after page, the note's by this button, and hand it in; returns the reference."""
    choose(visitor, NOTE_PHOTO, Subject.PERSON)
    visitor.press(f"{button} : {NOTE_PHOTO}")
    visitor.heading("Your identity document")
    visitor.page.get_by_label("Passport.", exact=False).first.check()
    visitor.press("Choose")
    choose(visitor, FRONT, Subject.DOCUMENT)
    visitor.press(f"Check and send : {FRONT}")
    visitor.press("Send to our staff")
    visitor.heading("Your photos are with our staff")
    return visitor.page.locator(".ref").first.inner_text()
