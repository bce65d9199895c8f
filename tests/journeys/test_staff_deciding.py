"""Deciding about a request in a real browser: in few steps, the mail seen first, by two people, without scripts."""

import re
from datetime import date, datetime

import pytest
from playwright.sync_api import Page

from accounts.enums import MessageChannel, Role
from accounts.messages.render import render
from accounts.models import OutboxMessage
from closure.admin.forms import CHOOSABLE
from closure.enums import ClosureState
from closure.models import ClosureRequest
from tests.console import REASON, address, case_of, console, decide, deposit, in_review
from tests.factories import make_staff
from tests.holding import CASE, place
from tests.journeys.clicking import Opener, go, lands_on
from tests.journeys.keyboard import Keyboard
from tests.journeys.scanner import problems_of
from tests.outbox import messages, send
from tests.outbox import opened as waiting

pytestmark = pytest.mark.django_db(transaction=True)
# Acceptance 16: found within two interactions, a clean one decided within six.
TO_FIND, TO_DECIDE = 2, 6
CLOCK = re.compile(r"\d\d:\d\d")


class Hands:
    """Who works on a page, and how often they did something."""

    def __init__(self, page: Page) -> None:
        self.page, self.steps = page, 0

    def fill(self, field: str, text: str) -> None:
        self.steps += 1
        self.page.locator(field).fill(text)

    def press(self, button: str) -> None:
        self.steps += 1
        go(self.page.get_by_role("button", name=button))

    def open(self, offer: str) -> None:
        self.steps += 1
        self.page.locator("summary", has_text=offer).click()

    def choose(self, label: str) -> None:
        self.steps += 1
        self.page.get_by_label(label, exact=True).check()

    def find(self, origin: str, reference: str) -> None:
        """Find a request from the first page."""
        self.page.goto(f"{origin}/staff/")
        self.fill("#searchbar", reference)
        self.press("Search")
        assert self.page.get_by_role("heading", level=1).inner_text() == f"Closure {reference}"
        assert self.steps == TO_FIND


def state(request: ClosureRequest) -> str:
    request.refresh_from_db()
    return request.state


@pytest.mark.row("L06")
def test_clean_request_is_approved_in_few_steps_without_scripts(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    request = in_review("ana", now=now)
    hands = Hands(opened(make_staff("sam"), javascript=False))
    hands.find(origin, request.reference)
    hands.fill("#id_approve_reason", REASON)
    hands.press("Approve closing")
    assert hands.page.get_by_text(f"{request.reference} is approved.").count() == 1
    assert (state(request), hands.steps <= TO_DECIDE, complaints) == (ClosureState.COOLING_OFF, True, [])


@pytest.mark.row("A17")
def test_each_rejection_shows_its_mail_and_sends_the_same_without_scripts(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    page = opened(make_staff("sam"), javascript=False)
    for number, (template, words) in enumerate(CHOOSABLE):
        request, hands = in_review(f"ana{number}", now=now), Hands(page)
        hands.find(origin, request.reference)
        hands.open("Reject")
        hands.choose(str(words))
        hands.fill("#id_reject_reason", REASON)
        offer = page.locator("details", has=page.locator("#id_reject_reason"))
        go(offer.get_by_role("button", name="Preview the mail"))
        shown = offer.locator(".letter .text").inner_text()
        hands.press("Reject request")
        assert (state(request), request.end_reason, hands.steps) == (ClosureState.REJECTED, template, TO_DECIDE)
        [sent] = messages(request.account, template="closure_rejected")
        assert f"The reason: {words}" in shown
        assert but_for_the_minute(shown) == but_for_the_minute(words_of(sent))
    assert complaints == []


def words_of(message: OutboxMessage) -> str:
    """Return what its customer reads."""
    said = waiting(message)
    return render(message.template, channel=MessageChannel.EMAIL, language=said.language, context=said.context).text


def but_for_the_minute(text: str) -> list[str]:
    """Return the words, without the time of day: a mail is sent some seconds after its preview."""
    words = text.split()
    timeless = [word for word in words if not CLOCK.fullmatch(word)]
    assert len(timeless) < len(words), text
    return timeless


@pytest.mark.row("L06")
def test_second_person_confirms_and_the_first_is_never_offered_it_without_scripts(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    request = in_review("ana", now=now, four_eyes=True)
    pages = [opened(make_staff(name, Role.LEAD), javascript=False) for name in ("lea", "leo")]
    for page, button in zip(pages, ("Propose approval", "Confirm approval"), strict=True):
        page.goto(origin + address(request))
        page.locator("#id_approve_reason").fill(REASON)
        go(page.get_by_role("button", name=button))
        pages[0].goto(origin + address(request))
        assert pages[0].get_by_role("button", name="Confirm approval").count() == 0
    assert (state(request), complaints) == (ClosureState.COOLING_OFF, [])


def test_what_changed_meanwhile_is_shown_instead_of_deciding(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    request = in_review("ana", now=now)
    page = opened(make_staff("sam"))
    page.goto(origin + address(request))
    lea = console(make_staff("lea", Role.LEAD))
    deposit(request.account)
    lea.post(address(request, "check/"))
    decide(lea, request, "ask", reason="Which bank?")
    page.locator("summary", has_text="Reject").click()
    page.get_by_label("Something is left in your account.").check()
    page.locator("#id_reject_reason").fill(REASON)
    go(page.get_by_role("button", name="Reject request"))
    news = page.locator("section", has=page.locator("#since-title"))
    assert news.get_by_text("Asked for more").count() == 1
    assert "0.5 BTC" in news.locator("table").inner_text()
    assert state(request) == ClosureState.HELD
    lands_on(page.locator("#problems"))
    assert problems_of(page) == []
    assert page.locator("#id_reject_reason").input_value() == REASON
    go(page.get_by_role("button", name="Reject request"))
    assert state(request) == ClosureState.REJECTED
    assert [each for each in complaints if "409" not in each] == []


@pytest.mark.row("H07", "N04")
def test_request_is_decided_and_its_mail_read_without_a_mouse(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    request = in_review("ana", now=now)
    page = opened(make_staff("sam"))
    keys, problems = Keyboard(page), []
    page.goto(f"{origin}/staff/")
    keys.fill("Find a closure", request.reference)
    keys.press("Search")
    keys.to("Reject")
    page.keyboard.press("Enter")
    keys.to("Something is left in your account.")
    page.keyboard.press("Space")
    keys.fill("Reason", REASON)
    keys.press("Preview the mail")
    lands_on(page.get_by_role("region", name="What the customer would get"))
    problems += problems_of(page)
    keys.press("Reject request")
    assert state(request) == ClosureState.REJECTED
    [mail] = messages(request.account, template="closure_rejected")
    send(mail, now)
    page.reload()
    keys.press("Rejected")
    problems += problems_of(page)
    keys.fill("Why do you read it?", REASON)
    keys.press("Show the message")
    assert page.get_by_text("As it was sent").count() == 1
    problems += problems_of(page)
    assert (problems, complaints) == ([], [])


@pytest.mark.row("L01", "L06", "H05", "N04")
def test_second_approval_cancellation_and_hold_go_without_a_mouse(opened: Opener, origin: str, now: datetime) -> None:
    proposed, cancelled, held = (in_review(name, now=now, four_eyes=name == "ana") for name in ("ana", "ben", "cid"))
    decide(console(make_staff("lea", Role.LEAD)), proposed, "approve")
    case = case_of(cancelled.account, now)
    hold = place(held.account_id, now=now)

    page = opened(make_staff("leo", Role.LEAD))
    keys = Keyboard(page)
    page.goto(origin + address(proposed))
    keys.fill("Reason", REASON)
    keys.press("Confirm approval")
    page.goto(origin + address(cancelled))
    keys.to("Cancel for the customer")
    page.keyboard.press("Enter")
    keys.fill("Open case of this customer", case)
    keys.fill("Reason", REASON)
    keys.press("Cancel closure")
    assert (state(proposed), state(cancelled)) == (ClosureState.COOLING_OFF, ClosureState.CANCELLED)

    page = opened(make_staff("oda", Role.COMPLIANCE))
    keys = Keyboard(page)
    page.goto(origin + address(held))
    keys.press(CASE)
    keys.to("Set the next day of review")
    page.keyboard.press("Enter")
    keys.fill("Look at it again on", "01312099")
    keys.fill("Reason", REASON)
    keys.press("Set the next day of review")
    hold.refresh_from_db()
    assert hold.review_on == date(2099, 1, 31)
