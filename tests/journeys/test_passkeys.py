"""Passkeys in a real browser with a virtual authenticator: made, tried, used to sign in and to close (D01)."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from portal.demo import personas
from tests.journeys.clicking import go
from tests.journeys.running_demo import Demo
from tests.journeys.test_closing import accept_risks, phone_of
from tests.journeys.visitor import Visitor

NAME = "Ana's key"
KINDS = pytest.mark.parametrize("transport", ["internal", "usb"], ids=["of_the_device", "carried_along"])


def plug_in(visitor: Visitor, transport: str) -> Any:
    """Give the browser an authenticator that is touched whenever it is asked; returns the protocol's session."""
    protocol = visitor.page.context.new_cdp_session(visitor.page)
    protocol.send("WebAuthn.enable")
    internal = transport == "internal"
    options = {
        "protocol": "ctap2",
        "transport": transport,
        "hasResidentKey": internal,
        "hasUserVerification": internal,
        "isUserVerified": internal,
        "automaticPresenceSimulation": True,
    }
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return protocol


def add_passkey(visitor: Visitor, *, scan: bool) -> None:
    """Add a passkey, allowed by the authenticator app."""
    visitor.goto("/security/factors/")
    visitor.look(scan)
    visitor.follow("Passkey")
    visitor.look(scan)
    visitor.press("Prove that it is you")
    visitor.look(scan)
    visitor.fill("Code from the app", visitor.demo.totp(visitor.email))
    visitor.press("Continue")
    visitor.look(scan)
    visitor.fill("Name of the passkey", NAME)
    visitor.press("Make the passkey")
    visitor.heading("Your factors")
    expect(visitor.page.get_by_text(f"Passkey: {NAME}")).to_be_visible()


@pytest.mark.row("A13", "D01", "N03")
@KINDS
def test_passkey_is_made_then_signs_in_and_closes(browser: Browser, demo: Demo, transport: str) -> None:
    scan = transport == "internal"
    visitor = Visitor.open(browser, demo, "clean")
    plug_in(visitor, transport)
    visitor.sign_in()
    add_passkey(visitor, scan=scan)

    go(visitor.page.get_by_role("link", name=re.compile(f"Check that it works.*{NAME}")))
    visitor.press("Prove that it is you")
    visitor.look(scan)
    visitor.press("Use this passkey")
    expect(visitor.page.get_by_text(f"It works: Passkey ({NAME}).")).to_be_visible()

    visitor.press("Sign out")
    visitor.goto("/sign-in/")
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.fill("Password", personas.PASSWORD)
    visitor.press("Continue")
    visitor.look(scan)
    visitor.press("Sign in with this passkey")
    visitor.heading("Security")

    visitor.goto("/close/risks/")
    accept_risks(visitor)
    visitor.press("I have what I need")
    expect(visitor.page.get_by_text("You are closing account …")).to_be_visible()
    visitor.look(scan)
    visitor.press("Use this passkey")
    expect(visitor.page.get_by_text("Done").first).to_be_visible()
    sent = len(demo.messages(phone_of("clean")))
    visitor.press("Send a code by text message")
    visitor.fill("Code from the text message", visitor.code_sent_to(phone_of("clean"), sent))
    visitor.press("Continue")
    visitor.fill("Document number", "DEMO-CLEAN-1")
    visitor.press("Continue")
    visitor.fill("Your password", personas.PASSWORD)
    visitor.press("Close account permanently")
    expect(visitor.page.locator("main")).to_contain_text("CL-")
    assert visitor.problems == []


def test_other_ways_stay_open_to_who_has_no_script(browser: Browser, demo: Demo) -> None:
    with_key = Visitor.open(browser, demo, "clean")
    plug_in(with_key, "internal")
    with_key.sign_in()
    add_passkey(with_key, scan=False)
    visitor = Visitor.open(browser, demo, "clean", javascript=False)
    visitor.goto("/sign-in/")
    visitor.fill("E-mail address or phone number", visitor.email)
    visitor.fill("Password", personas.PASSWORD)
    visitor.press("Continue")
    assert "A passkey needs a browser that runs scripts. Use another way." in visitor.page.inner_text("main")
    visitor.follow("Code by mail")
    before = len(demo.messages(visitor.email))
    visitor.press("Send the code")
    visitor.fill("Code from the mail", visitor.code_sent_to(visitor.email, before))
    visitor.press("Sign in")
    visitor.heading("Security")
    assert (visitor.problems, with_key.problems) == ([], [])
