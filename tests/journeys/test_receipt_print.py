"""A receipt is one A4 sheet whatever it has to say, in any language (acceptance 9)."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as portal_settings
from django.test import Client
from playwright.sync_api import Browser, Page, Route
from pytest_django.fixtures import Settings

from closure.models import Receipt
from tests import pseudo
from tests.closure.receipts.facts import everything, receipt
from tests.journeys.paper import printed

pytestmark = [pytest.mark.django_db, pytest.mark.row("F07")]
ORIGIN = "http://portal.test"
STATIC = Path(portal_settings.BASE_DIR) / "static"
# Longer than any brand or policy should be.
LONG = "x" * 64


@pytest.fixture
def page(browser: Browser) -> Page:
    """An empty page of a browser that is answered by nobody yet."""
    return browser.new_context(locale="en-US").new_page()


def shown(page: Page, of: Receipt, language: str = "en") -> None:
    """Show what the portal answers, in this language, with its own style sheet."""
    html = Client().get(f"/receipt/{of.pk}/", headers={"accept-language": language}).content

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        else:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

    page.route(f"{ORIGIN}/**", answer)
    page.goto(ORIGIN)
    assert of.request.reference in page.inner_text("main")


def longest(now: datetime, settings: Settings) -> Receipt:
    settings.PORTAL_BRAND, settings.PORTAL_ORIGIN = "Northbank International Exchange", f"https://{LONG[:56]}.example"
    return receipt(now=now, facts=everything(now), policy_name=LONG)


def test_longest_receipt_is_one_sheet(page: Page, now: datetime, settings: Settings) -> None:
    shown(page, longest(now, settings))
    assert printed(page) == 1


def test_longest_receipt_is_one_sheet_in_another_language(
    page: Page, now: datetime, settings: Settings, tmp_path: Path
) -> None:
    settings.LOCALE_PATHS = [str(pseudo.write_catalogue(Path(portal_settings.BASE_DIR), tmp_path))]
    settings.LANGUAGES = [("en", "English"), (pseudo.CODE, "Pseudo")]
    shown(page, longest(now, settings), pseudo.CODE)
    assert page.inner_text("h1") == f"{pseudo.OPEN}Receipt for your closed account{pseudo.CLOSE}"
    assert printed(page) == 1


def test_sheets_are_counted(page: Page, now: datetime, settings: Settings) -> None:
    """The test of the test: what is longer than a sheet is seen to be."""
    shown(page, longest(now, settings))
    page.evaluate("document.querySelector('.receipt').append(document.querySelector('.receipt').cloneNode(true))")
    assert printed(page) == 2
