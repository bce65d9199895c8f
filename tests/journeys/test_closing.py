"""Customers close their accounts in a real browser, from sign-in to closed, on a real demo."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, expect

from portal.demo import personas
from tests.journeys.running_demo import PATIENCE_SECONDS, Demo
from tests.journeys.visitor import Visitor

COOLING_OFF_HOURS = 7 * 24
MOST_INTERACTIONS = 14
CLOSED = "Your account is closed ("
LOADED_AREAS = [
    "Spot wallet", "Funding wallet", "Fiat balances", "USD-margined futures", "Coin-margined futures", "Options",
    "Cross margin", "Isolated margin", "Loans", "Flexible Earn", "Locked Earn", "Liquidity pools", "Staking",
    "Web3 wallet", "Open orders", "P2P orders", "Transfers on their way",
]  # fmt: skip


def accept_risks(visitor: Visitor) -> None:
    """Tick the notes, and each thing that is lost for good by itself; the account is checked then."""
    visitor.tick("I have read all points above, and I understand.")
    for loss in ("fee discounts and staking privileges end", "A closed account can never be opened again"):
        visitor.tick(loss)
    visitor.press("Next: check my account")


def walk_to_submitted(visitor: Visitor, *, scan: bool) -> str:
    """Walk a clear account from the start page to its end and return the reference on the last page."""
    phone = phone_of(visitor.name)
    visitor.goto("/security/")
    visitor.look(scan)
    visitor.steps = 0
    visitor.follow("Close your account")
    visitor.look(scan)
    visitor.follow("Start")
    visitor.look(scan)
    accept_risks(visitor)
    visitor.look(scan)
    sent = len(visitor.demo.messages(phone))
    visitor.press("I have what I need")
    visitor.look(scan)
    visitor.fill("Code from the text message", visitor.code_sent_to(phone, sent))
    visitor.fill("Code from the app", visitor.demo.totp(visitor.email))
    visitor.press("Continue")
    visitor.look(scan)
    visitor.fill("Document number", f"DEMO-{visitor.name.upper()}-1")
    visitor.press("Continue")
    visitor.look(scan)
    visitor.fill("Your password", personas.PASSWORD)
    visitor.press("Close account permanently")
    visitor.look(scan)
    found = re.search(r"CL-\w{4}-\w{4}", visitor.page.inner_text("main"))
    assert found is not None, visitor.page.inner_text("main")
    return found.group(0)


def phone_of(name: str) -> str:
    return f"+1415555{3000 + list(personas.ABOUT).index(name)}"


def refused_answer(demo: Demo, identifier: str) -> bytes:
    """Return what signing in says, less the token against forged requests."""
    with httpx.Client(base_url=demo.origin, timeout=PATIENCE_SECONDS) as client:
        page = client.get("/sign-in/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        form = {
            "csrfmiddlewaretoken": token.group(1),
            "identifier": identifier,
            "password": personas.PASSWORD,
            "next": "",
        }
        answer = client.post("/sign-in/", data=form)
    hidden = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.text).replace(identifier, "")
    return f"{answer.status_code} {hidden}".encode()


@pytest.mark.row(
    "A16", "C01", "C04", "C05", "C09", "C10", "C11", "C13", "D01", "D02", "D04", "E01", "E04", "F01", "M01"
)
@pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
def test_clean_account_closes_from_sign_in_to_closed(browser: Browser, demo: Demo, javascript: bool) -> None:
    visitor = Visitor.open(browser, demo, "clean", javascript=javascript)
    visitor.sign_in(scan=javascript)
    reference = walk_to_submitted(visitor, scan=javascript)
    interactions = visitor.steps

    visitor.goto("/security/")
    visitor.heading("Sign in")
    confirmation = demo.wait_for_message("clean@demo.test", saying=reference)
    assert CLOSED not in confirmation["subject"]
    assert refused_answer(demo, "clean@demo.test") == refused_answer(demo, "nobody@demo.test")

    demo.advance(hours=COOLING_OFF_HOURS - 1)
    assert demo.messages("clean@demo.test")[0] == confirmation
    demo.advance(hours=2)
    assert reference in demo.wait_for_message("clean@demo.test", saying=CLOSED)["text"]
    assert refused_answer(demo, "clean@demo.test") == refused_answer(demo, "nobody@demo.test")
    assert httpx.get(f"{demo.origin}/demo/totp.json", params={"account": "clean@demo.test"}).status_code == 404
    assert visitor.problems == []
    assert interactions <= MOST_INTERACTIONS


@pytest.mark.row("A01", "A03", "A04", "A05", "A06", "A07", "A08", "A09", "A10", "A16", "A20", "B08", "B09")
def test_loaded_account_sees_every_blocker_with_why_how_and_when(browser: Browser, demo: Demo) -> None:
    visitor = Visitor.open(browser, demo, "loaded")
    visitor.sign_in()
    visitor.goto("/close/risks/")
    accept_risks(visitor)
    visitor.scan()

    main = visitor.page.inner_text("main")
    assert [area for area in LOADED_AREAS if area not in main] == []
    cards = visitor.page.get_by_role("region", name="What stops you").get_by_role("article")
    assert cards.count() >= len(LOADED_AREAS)
    for card in cards.all():
        words = card.inner_text()
        dated = "Earliest" in words or "Clears" in words.splitlines()
        assert ["Found" in words, "Why" in words, "How" in words, dated] == [True] * 4, words
    visitor.goto("/close/confirm/")
    expect(visitor.page).to_have_url(f"{demo.origin}/close/check/")
    assert visitor.problems == []


@pytest.mark.row("A20")
def test_waiting_account_is_told_the_day_its_lock_ends(browser: Browser, shared_demo: Demo) -> None:
    visitor = Visitor.open(browser, shared_demo, "waiting")
    visitor.sign_in()
    visitor.goto("/close/risks/")
    accept_risks(visitor)
    visitor.scan()
    assert "The earliest you can close is" in visitor.page.inner_text("main")
    assert visitor.problems == []
