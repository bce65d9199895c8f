"""Restricted customers land on what restricts them and settle it, with and without scripts; a hold is never named."""

from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.enums import IdentityStatus
from accounts.models import Account
from closure.exchange.ledger.deposits import deposit
from closure.models import Evidence
from tests.closure.evidence.drawing import encoded, picture
from tests.console import REASON
from tests.factories import make_account, make_staff
from tests.journeys.clicking import Opener, go
from tests.journeys.running_demo import Demo
from tests.journeys.scanner import problems_of
from tests.journeys.visitor import Visitor
from tests.settling import indebted, restrict

HEADING = "What restricts your account"
JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])


@pytest.mark.row("A12", "K01", "K05", "N06")
@JAVASCRIPT
def test_restricted_customers_land_on_their_restriction(browser: Browser, shared_demo: Demo, javascript: bool) -> None:
    for name, says in (
        ("restricted", "Your balance is negative."),
        ("judicial", "A legal or risk hold applies; we cannot say more."),
    ):
        visitor = Visitor.open(browser, shared_demo, name, javascript=javascript)
        visitor.sign_in(lands_on=HEADING)
        expect(visitor.page.get_by_role("article")).to_contain_text(says)
        visitor.look(javascript)
        visitor.follow("Go to Security")
        visitor.look(javascript)
        visitor.follow("What restricts your account, and what to do")
        visitor.heading(HEADING)
        assert visitor.problems == []


@pytest.mark.row("K01")
def test_debtor_of_the_demo_settles_by_a_deposit_that_the_demo_lets_arrive(browser: Browser, shared_demo: Demo) -> None:
    # After the walk above, which is about the same person: what is settled stays so.
    visitor = Visitor.open(browser, shared_demo, "restricted")
    visitor.sign_in(lands_on=HEADING)
    expect(visitor.page.locator("main")).to_contain_text("12.50 USDT")
    visitor.goto("/demo/outbox/")
    visitor.look(True)
    visitor.press("Let it arrive")
    expect(visitor.page.locator("body")).to_contain_text("The deposit has arrived.")
    visitor.goto("/restricted/")
    expect(visitor.page.locator("main")).to_contain_text("Nothing restricts your account.")
    assert visitor.problems == []


class Walk:
    """Somebody who settles something; every state of every page is looked at where scripts run."""

    def __init__(self, page: Page, *, scans: bool) -> None:
        self.page, self.scans, self.problems = page, scans, list[str]()

    def goto(self, address: str) -> None:
        self.page.goto(address)
        self.look()

    def press(self, button: str) -> None:
        go(self.page.get_by_role("button", name=button).first)
        self.look()

    def follow(self, link: str) -> None:
        go(self.page.get_by_role("link", name=link).first)
        self.look()

    def choose_photo(self) -> None:
        file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": encoded(picture(1, (960, 720)))}
        self.page.get_by_label("The photo", exact=True).set_input_files(file)  # type: ignore[arg-type]  # what it says it takes

    def says(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def look(self) -> None:
        self.problems += problems_of(self.page) if self.scans else []


@pytest.mark.row("K01")
@pytest.mark.django_db(transaction=True)
@JAVASCRIPT
def test_negative_balance_ends_by_a_deposit(
    opened: Opener, origin: str, complaints: list[str], now: datetime, javascript: bool
) -> None:
    ana = indebted("ana", now, USDT="12.50")
    walk = Walk(opened(ana, javascript=javascript), scans=javascript)
    walk.goto(f"{origin}/restricted/")
    walk.says("Your balance is negative.", "12.50 USDT")
    walk.press("Check again")
    walk.says("Something is still missing.")
    deposit(ana.pk, "USDT", "20", now=now)
    walk.press("Check again")
    walk.says("This restriction has ended.", "Nothing restricts your account.")
    assert (walk.problems, complaints) == ([], [])


@pytest.mark.row("K03", "K05", "J18", "L04")
@pytest.mark.django_db(transaction=True)
@JAVASCRIPT
def test_who_moved_sends_a_proof_and_an_agent_accepts_it(
    opened: Opener, origin: str, complaints: list[str], now: datetime, javascript: bool
) -> None:
    ana, sam = make_account("ana"), make_staff("sam")
    restrict(ana, "unsupported_region", now=now)
    walk = Walk(opened(ana, javascript=javascript), scans=javascript)
    walk.goto(f"{origin}/restricted/")
    walk.follow("I have moved")
    walk.press("Go on")
    walk.says("Choose the country.")
    walk.page.get_by_label("Country where you live now").select_option("CA")
    walk.page.get_by_label("State or province").fill("bc")
    walk.press("Go on")
    walk.page.get_by_label("A proof of where you live").check()
    walk.choose_photo()
    walk.press("Send the photo")
    walk.says("Error:")
    walk.choose_photo()
    walk.page.get_by_label("Send it all the same").check()
    walk.press("Send the photo")
    walk.says("We have your photo.", "A person judges it")
    case = f"{origin}/staff/accounts/case/{Evidence.objects.get().case_id}/"
    console = Walk(opened(sam, javascript=javascript), scans=javascript)
    console.goto(case)
    console.says("Read the case below first.", "Look at every photo first.")
    console.page.get_by_label("Why do you read it?").fill(REASON)
    console.press("Read the messages")
    console.says("I have moved.")
    console.follow("The front of the document")
    console.page.get_by_label("Reason").fill(REASON)
    with console.page.expect_download():
        console.page.get_by_role("button", name="Download the photo").click()
    console.goto(case)
    console.page.locator("#accept_reason").fill(REASON)
    console.press("Accept as proof")
    walk.goto(f"{origin}/restricted/")
    walk.says("Nothing restricts your account.")
    assert Account.objects.get(pk=ana.pk).country == "CA"
    # A photo against a rule is answered with 422, which the browser notes.
    assert (walk.problems, [said for said in complaints if "422" not in said]) == ([], [])


@pytest.mark.row("J05", "K02", "K04", "K05")
@pytest.mark.django_db(transaction=True)
def test_what_else_is_settled_with_staff(opened: Opener, origin: str, complaints: list[str], now: datetime) -> None:
    ana = make_account("ana", identity_status=IdentityStatus.REFRESH_DUE)
    restrict(ana, "fraud_alert", "failed_verification", "risk_control", now=now)
    walk = Walk(opened(ana), scans=True)
    walk.goto(f"{origin}/restricted/")
    walk.says("Still to do:")
    walk.follow("Tell us what happened")
    walk.press("Go on")
    walk.says("Write what you know, in your own words.")
    walk.page.locator("textarea").fill("It was not me.")
    walk.press("Go on")
    walk.follow("What restricts your account")
    walk.scans = False  # the other pages are of the same making
    for link in ("Send documents", "Show your document"):
        walk.follow(link)
        walk.press("Go on")
        walk.says("We still need a photo from you.")
        walk.follow("What restricts your account")
        # Begun is not done.
        walk.says("Still to do:", "Waiting for you")
        walk.goto(f"{origin}/restricted/")
    walk.goto(f"{origin}/restricted/failed_verification/")
    walk.page.get_by_label("The front, or the page with your photo").check()
    for despite in (False, True):
        walk.choose_photo()
        if despite:
            walk.page.get_by_label("Send it all the same").check()
        walk.press("Send the photo")
    walk.follow("What restricts your account")
    walk.follow("Ask for a review")
    walk.press("Ask for a review")
    walk.scans = True
    walk.follow("What restricts your account")
    walk.says("You asked for a review.")
    # What is refused, an empty text and a photo against a rule, is answered with 422, which the browser notes.
    assert (walk.problems, [said for said in complaints if "422" not in said]) == ([], [])
