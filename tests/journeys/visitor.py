"""Somebody with a browser: does what the page offers, by the names that people read."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.demo import personas
from tests.journeys import scanner
from tests.journeys.clicking import go
from tests.journeys.running_demo import MESSAGE_SECONDS, Demo

PAUSE_SECONDS = 0.2
CODE = re.compile(r"\b(\d{6})\b")


@dataclass
class Visitor:
    """One person in one browser context; `steps` counts what they typed, ticked and pressed."""

    demo: Demo
    page: Page
    name: str
    steps: int = 0
    problems: list[str] = field(default_factory=list)
    has_scripts: bool = True

    @classmethod
    def open(cls, browser: Browser, demo: Demo, name: str, *, javascript: bool = True) -> Visitor:
        context: BrowserContext = browser.new_context(java_script_enabled=javascript, locale="en-US")
        page = context.new_page()
        visitor = cls(demo, page, name, has_scripts=javascript)
        page.on("console", lambda message: visitor._note(message.type, message.text))
        page.on("pageerror", lambda error: visitor._note("error", str(error)))
        page.on("request", lambda request: visitor._same_origin(request.url))
        return visitor

    @property
    def email(self) -> str:
        return personas.email_of(self.name)

    def goto(self, path: str) -> None:
        self.page.goto(f"{self.demo.origin}{path}")

    def press(self, button: str) -> None:
        self.steps += 1
        go(self.page.get_by_role("button", name=button, exact=True).first)

    def follow(self, link: str) -> None:
        self.steps += 1
        go(self.page.get_by_role("link", name=link, exact=True).first)

    def fill(self, label: str, value: str) -> None:
        self.steps += 1
        self.page.get_by_label(label, exact=True).fill(value)

    def tick(self, label: str) -> None:
        self.steps += 1
        self.page.get_by_label(label).check()

    def heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def code_sent_to(self, contact: str, after: int) -> str:
        """Return the code in the newest message to `contact` that has one and is none of the first `after`."""
        self.demo.wait_for_message(contact, after=after)
        ends = time.monotonic() + MESSAGE_SECONDS
        while time.monotonic() < ends:
            found = self.demo.messages(contact)
            codes = [CODE.search(each["text"]) for each in found[: len(found) - after]]
            if newest := next(filter(None, codes), None):
                return newest.group(1)
            time.sleep(PAUSE_SECONDS)
        raise AssertionError(f"no code came for {contact}")

    def sign_in(self, *, scan: bool = False, lands_on: str = "Security") -> None:
        """Sign in with password and a mailed code: the app's code is kept for later, each works once."""
        self.goto("/sign-in/")
        self.look(scan)
        self.fill("E-mail address or phone number", self.email)
        self.fill("Password", personas.PASSWORD)
        self.press("Continue")
        self.heading("Enter a code")
        if self.page.get_by_role("link", name="Code by mail").count():
            self.look(scan)
            self.follow("Code by mail")
        before = len(self.demo.messages(self.email))
        self.press("Send the code")
        self.look(scan)
        self.fill("Code from the mail", self.code_sent_to(self.email, before))
        self.press("Sign in")
        self.heading(lands_on)

    def look(self, wanted: bool = True) -> None:
        """Scan the page where that is asked for."""
        if wanted:
            self.scan()

    def scan(self) -> None:
        """Find what is wrong with the page as it stands, for who sees it badly or on a small screen."""
        assert self.has_scripts, "axe waits for ever where scripts are off"
        self.problems += scanner.problems_of(self.page)

    def _note(self, kind: str, text: str) -> None:
        # A refused policy report, a missing file and a script's error all come as errors of the console.
        if kind in {"error", "warning"} and "status of 4" not in text:
            self.problems.append(f"{kind}: {text}")

    def _same_origin(self, url: str) -> None:
        if not url.startswith(self.demo.origin):
            self.problems.append(f"third party: {url}")
