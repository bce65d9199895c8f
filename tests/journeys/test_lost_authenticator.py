"""A lost authenticator in a real browser and demo: photos, two of staff, three days, a new one; or it is stopped."""

import base64
import re
import time

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from accounts.models.factor import TOTP_STEP_SECONDS, totp_code
from closure.evidence.enums import Subject
from portal.demo import personas
from tests.closure.evidence.photos.labelled import labelled
from tests.journeys.clicking import go
from tests.journeys.running_demo import Demo
from tests.journeys.test_closing import phone_of
from tests.journeys.test_status import link_in
from tests.journeys.visitor import Visitor

JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
NEW_PASSWORD = "Blue-7-lamp-over-water"
REASON = "Compared with the passport on file."
LOST = "My phone fell into a river."


def photo_of(subject: Subject) -> FilePayload:
    """Return a photo as a customer would take it."""
    found = next(each for each in labelled(good=1, faulty=0) if each.subject is subject)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": found.file}


def ask(visitor: Visitor, *, scan: bool) -> None:
    """Go from the code that cannot be given to the link in the mailbox, and prove more than the mailbox."""
    visitor.goto("/sign-in/")
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.fill("Password", personas.PASSWORD)
    visitor.press("Continue")
    visitor.follow("I cannot give any of these")
    visitor.heading("You cannot give your codes any more?")
    visitor.look(scan)
    before = len(visitor.demo.messages(visitor.email))
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.press("Send me a link")
    visitor.heading("If you have an account, we sent a link")
    visitor.look(scan)
    mail = visitor.demo.wait_for_message(visitor.email, after=before, saying="Recover your account", link="recover")
    visitor.goto(link_in(mail["text"], "recover"))
    visitor.look(scan)
    visitor.press("Continue")
    visitor.heading("Prove that it is you")
    visitor.look(scan)
    visitor.fill("Password", personas.PASSWORD)
    visitor.press("Continue")


def send_photos(visitor: Visitor, *, scan: bool) -> str:
    """Say what was lost and send the photos to staff; returns the reference of the case."""
    visitor.heading("What have you lost?")
    visitor.look(scan)
    visitor.press("Go on to the photos")
    expect(visitor.page).to_have_title(re.compile("^Error:"))
    visitor.look(scan)
    visitor.tick("The authenticator app")
    visitor.fill("What happened?", LOST)
    visitor.press("Go on to the photos")
    visitor.heading("Your photos")
    visitor.look(scan)
    for what, subject in (
        ("the person with the note", Subject.PERSON),
        ("the front of the document", Subject.DOCUMENT),
    ):
        visitor.follow(f"Send a photo of {what}")
        visitor.heading(f"Photo of {what}")
        visitor.look(scan)
        visitor.page.get_by_label("Photo", exact=True).set_input_files(photo_of(subject))
        visitor.press("Send this photo")
        visitor.heading("Your photos")
    visitor.look(scan)
    visitor.press("Send it to our staff")
    visitor.heading("We look at your photos")
    visitor.look(scan)
    found = re.search(r"SC-\w{4}-\w{4}", visitor.page.inner_text("main"))
    assert found is not None, visitor.page.inner_text("main")
    return found.group(0)


def at_recovery(browser: Browser, demo: Demo, name: str, work: str, reference: str, *, javascript: bool) -> Visitor:
    """Sign in as staff, find the recovery in the day's work, and look at both photos; returns who did."""
    staff = Visitor.open(browser, demo, name, javascript=javascript)
    staff.goto("/staff/")
    staff.fill("E-mail address or phone number", staff.email)
    staff.fill("Password", personas.PASSWORD)
    staff.press("Continue")
    staff.fill("Code from the app", demo.totp(staff.email))
    staff.press("Sign in")
    go(staff.page.get_by_role("link", name=re.compile(work)))
    staff.look(javascript)
    go(staff.page.get_by_role("link", name=reference))
    place = staff.page.url
    for number in (1, 2):
        go(staff.page.get_by_role("link", name=re.compile(f"^Photo {number}:")))
        staff.page.get_by_label("Reason").fill(REASON)
        with staff.page.expect_download():
            staff.page.get_by_role("button", name="Download the photo").click()
        staff.page.goto(place)
    staff.look(javascript)
    return staff


def decide(staff: Visitor, what: str, heading: str, done: str) -> None:
    """Decide as the page offers it."""
    staff.page.locator(f"#id_{what}_reason").fill(REASON)
    staff.press(heading)
    expect(staff.page.locator("body")).to_contain_text(done)


def choose_password(visitor: Visitor) -> None:
    """Choose a new password by the link in the mailbox, with a code to the phone, and sign in with such a code."""
    phone = phone_of(visitor.name)
    before = len(visitor.demo.messages(visitor.email))
    visitor.goto("/password-reset/")
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.press("Send me a link")
    mail = visitor.demo.wait_for_message(visitor.email, after=before, link="password-reset")
    visitor.goto(link_in(mail["text"], "password-reset"))
    sent = len(visitor.demo.messages(phone))
    visitor.press("Send a code by text message")
    visitor.fill("New password", NEW_PASSWORD)
    visitor.fill("Code from the text message", visitor.code_sent_to(phone, sent))
    visitor.press("Take this password")
    expect(visitor.page.locator("main")).to_contain_text("withdrawals are held until")
    visitor.goto("/sign-in/")
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.fill("Password", NEW_PASSWORD)
    visitor.press("Continue")
    sent = len(visitor.demo.messages(phone))
    visitor.press("Send the code")
    visitor.fill("Code from the text message", visitor.code_sent_to(phone, sent))
    visitor.press("Sign in")
    visitor.heading("Security")


def add_authenticator(visitor: Visitor) -> None:
    """Add a new one, with a code to the phone."""
    phone = phone_of(visitor.name)
    visitor.goto("/security/factors/totp/")
    sent = len(visitor.demo.messages(phone))
    visitor.press("Prove that it is you")
    visitor.fill("Code from the text message", visitor.code_sent_to(phone, sent))
    visitor.press("Continue")
    secret = base64.b32decode("".join(visitor.page.locator(".secret").inner_text().split()))
    visitor.fill("Code from the app", totp_code(secret, int(time.time()) // TOTP_STEP_SECONDS))
    visitor.press("Turn on")
    expect(visitor.page.locator("main")).to_contain_text("The authenticator app is on.")


@pytest.mark.row("J04", "L04")
@JAVASCRIPT
def test_customer_who_lost_the_authenticator_gets_back_in_and_adds_a_new_one(
    browser: Browser, demo: Demo, javascript: bool
) -> None:
    visitor = Visitor.open(browser, demo, "clean", javascript=javascript)
    ask(visitor, scan=javascript)
    reference = send_photos(visitor, scan=javascript)
    for contact in (visitor.email, phone_of(visitor.name)):
        demo.wait_for_message(contact, saying=reference, link="stop")

    agent = at_recovery(browser, demo, "agent", "Recoveries to look at", reference, javascript=javascript)
    decide(agent, "propose", "Propose to recover", "It is proposed.")
    lead = at_recovery(browser, demo, "lead", "Recoveries proposed", reference, javascript=javascript)
    decide(lead, "confirm", "Confirm", "It takes effect after 72 hours.")
    demo.wait_for_message(visitor.email, saying="Your account will be recovered")
    visitor.goto("/recover/open/")
    visitor.heading("Your account is recovered soon")
    visitor.look(javascript)

    demo.advance(73)
    mail = demo.wait_for_message(visitor.email, saying="Your account was recovered")
    assert re.search(r"Withdrawals are held until \d+ \w+ \d{4}, \d\d:\d\d UTC\.", mail["text"])
    choose_password(visitor)
    add_authenticator(visitor)
    assert (visitor.problems, agent.problems, lead.problems) == ([], [], [])


@pytest.mark.row("J04", "D08")
def test_owner_stops_the_recovery_of_a_thief_with_mailbox_and_password(browser: Browser, demo: Demo) -> None:
    thief = Visitor.open(browser, demo, "large", javascript=False)
    owner = Visitor.open(browser, demo, "large")
    ask(thief, scan=False)
    reference = send_photos(thief, scan=False)
    text = demo.wait_for_message(phone_of("large"), saying=reference, link="stop")["text"]
    owner.sign_in()
    expect(owner.page.locator("main")).to_contain_text("Somebody asked us to take lost factors off your account.")
    owner.look()
    owner.follow("See it, and stop it if it was not you")
    owner.look()
    owner.goto(link_in(text, "stop"))
    owner.look()
    owner.press("It was not me: stop it")
    thief.goto("/recover/open/")
    thief.heading("You cannot give your codes any more?")
    assert (thief.problems, owner.problems) == ([], [])
