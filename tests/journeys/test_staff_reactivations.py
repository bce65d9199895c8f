"""Two people look at note and document in a real browser, and decide: no script needed, nothing axe finds (L04)."""

from datetime import datetime

import pytest
from playwright.sync_api import Page

from accounts.enums import AccountStatus, Role
from closure.enums import ReactivationState
from closure.models import Reactivation
from tests.closure.reactivation_pages import LIST, handed_in, place, with_photos
from tests.console import REASON
from tests.factories import make_staff
from tests.journeys.clicking import Opener, go, refused
from tests.journeys.scanner import problems_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_photos_left")]
SHOWN = "image => image.complete && image.naturalWidth > 0"
ROTATED = "image => getComputedStyle(image).rotate"


def open_photos(page: Page) -> None:
    """Say why, and see both photos."""
    page.get_by_label("Why do you look at them?").fill(REASON)
    go(page.get_by_role("button", name="Show the photos"))
    images = page.locator(".photo img")
    assert [image.evaluate(SHOWN) for image in images.all()] == [True, True]


def state(row: Reactivation) -> str:
    row.refresh_from_db()
    return row.state


@pytest.mark.row("J07", "J08", "L04", "L06", "L07")
def test_two_people_look_turn_enlarge_and_approve_without_scripts(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    row = with_photos(now=now)
    for name, button in (("sam", "Propose approval"), ("lea", "Confirm approval")):
        page = opened(make_staff(name, Role.LEAD), javascript=False)
        page.goto(f"{origin}/staff/")
        go(page.get_by_role("link", name="Reactivations", exact=True))
        go(page.get_by_role("link", name=row.reference))
        open_photos(page)
        assert page.get_by_text(row.note).count() == 1
        note = page.locator(".photo").first
        note.get_by_label("90°").check()
        note.get_by_label("2×").check()
        frame, image = note.locator(".frame").bounding_box(), note.locator("img").bounding_box()
        assert frame is not None
        assert image is not None
        assert (note.locator("img").evaluate(ROTATED), round(image["width"] / frame["width"])) == ("90deg", 2)
        page.locator("#id_approve_reason").fill(REASON)
        go(page.get_by_role("button", name=button))
    row.account.refresh_from_db()
    assert (state(row), row.account.status, complaints) == (ReactivationState.APPROVED, AccountStatus.ACTIVE, [])


@pytest.mark.row("J15", "L04")
def test_refusing_by_rule_shows_the_mail_first_and_no_page_has_a_problem(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    row = with_photos(now=now)
    handed_in("ben", now=now)
    page = opened(make_staff("sam"))
    page.goto(origin + LIST)
    problems = problems_of(page)
    page.goto(origin + place(row))
    open_photos(page)
    for part in page.locator("details").all():
        part.evaluate("part => { part.open = true }")
    problems += problems_of(page)
    offer = page.locator("details", has=page.locator("#id_refuse_reason"))
    go(offer.get_by_role("button", name="Refuse reactivation"))
    refused(page)
    problems += problems_of(page)
    offer.get_by_label("note is taped or pinned").check()
    go(offer.get_by_role("button", name="Preview the mail"))
    assert "Do not tape or pin it to something." in offer.locator(".letter .text").inner_text()
    problems += problems_of(page)
    go(offer.get_by_role("button", name="Refuse reactivation"))
    assert (state(row), row.broken, problems) == (ReactivationState.REFUSED, ["taped"], [])
    assert [each for each in complaints if "422" not in each] == []
