"""Giving out an archive in a real browser: without scripts from asking to the file, and nothing that axe finds."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from accounts.models import Account
from closure.retention import bundles
from closure.retention.models import Disclosure
from tests.disclosing import ORDER, PERSON, REASON, SEALED, archived, asked, case_of, contents_by_class, staff
from tests.factories import totp_code
from tests.journeys.clicking import Opener, go, refused
from tests.journeys.scanner import problems_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("F05", "L07")]
LIST = "/staff/retention/disclosure/"


def press(page: Page, name: str) -> None:
    go(page.get_by_role("button", name=name))


def verified(page: Page, officer: Account) -> None:
    """Give the code of the officer's app."""
    press(page, "Prove that it is you")
    page.get_by_label("Code from the app").fill(totp_code(officer))
    press(page, "Continue")


def test_person_is_given_their_archive_without_scripts(
    opened: Opener, origin: str, complaints: list[str], now: datetime, tmp_path: Path
) -> None:
    ana, olga = archived(now=now), staff("olga")
    asking = opened(staff("amy"), javascript=False)
    asking.goto(f"{origin}/staff/")
    go(asking.get_by_role("link", name="Disclosures").first)
    go(asking.get_by_role("link", name="Ask for an archive"))
    asking.get_by_label("the person concerned").check()
    asking.get_by_label("Account").fill("ana@example.test")
    asking.get_by_label("Reference").fill(case_of(ana, now=now))
    asking.get_by_label("Reason").fill(REASON)
    press(asking, "Ask for the archive")
    address = asking.url
    for name, button in (("sam", "Approve documents as agent"), ("lea", "Approve documents as lead")):
        page = opened(staff(name), javascript=False)
        page.goto(address)
        page.get_by_label("Reason").fill(REASON)
        press(page, button)
        assert page.get_by_text("The documents are approved.").count() == 1
    page = opened(olga, javascript=False)
    page.goto(address)
    go(page.get_by_role("link", name="Go on to opening"))
    verified(page, olga)
    page.get_by_label("Reason").fill(REASON)
    passphrase = page.locator(".secret").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Open and download").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert page.locator(".secret").inner_text() == passphrase
    assert contents_by_class(bundles.open_bundle(file.read_bytes(), passphrase)) == SEALED
    page.goto(address)
    assert page.locator(".facts .tag").inner_text() == "opened"
    assert complaints == []


def test_pages_of_disclosures_have_no_accessibility_problem(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    ana, olga = archived(now=now), staff("olga")
    order, mine = asked(ana, now=now), asked(ana, PERSON, now=now)
    page, agent, problems = opened(olga), opened(staff("sam")), []
    for place in (LIST, f"{LIST}ask/", f"{LIST}{order.pk}/", f"{LIST}{order.pk}/open/"):
        page.goto(origin + place)
        problems += problems_of(page)
    press(page, "Prove that it is you")
    problems += problems_of(page)
    page.get_by_label("Code from the app").fill(totp_code(olga))
    press(page, "Continue")
    problems += problems_of(page)
    press(page, "Open and download")
    problems += problems_of(page)
    refused(page)
    agent.goto(f"{origin}{LIST}{mine.pk}/")
    problems += problems_of(agent)
    agent.goto(f"{origin}{LIST}ask/")
    press(agent, "Ask for the archive")
    problems += problems_of(agent)
    assert problems == []
    assert [each for each in complaints if "422" not in each] == []
    assert (ORDER in page.content(), Disclosure.objects.filter(opened_at=None).count()) == (True, 2)
