"""From the last mail to a checked receipt, in a real browser on a real demo, with and without scripts (F07)."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.paper import printed
from tests.journeys.running_demo import Demo
from tests.journeys.visitor import Visitor

JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
ADDRESS = re.compile(r"/receipt/[0-9a-f-]{36}/")


@pytest.fixture
def demo(shared_demo: Demo) -> Demo:
    """Nothing here changes anything."""
    return shared_demo


def from_the_mail(browser: Browser, demo: Demo, *, javascript: bool) -> Visitor:
    """Return somebody whose account is closed, on the page that their last mail leads to."""
    visitor = Visitor.open(browser, demo, "closed", javascript=javascript)
    text = demo.wait_for_message(visitor.email, saying="Your account is closed (")["text"]
    found = ADDRESS.search(text)
    assert found is not None, text
    visitor.goto(found.group())
    visitor.heading("Receipt for your closed account")
    return visitor


def downloaded(visitor: Visitor, folder: Path) -> Path:
    """Save the file of the receipt under the name that it comes with."""
    with visitor.page.expect_download() as saved:
        visitor.page.get_by_role("link", name="Download the file", exact=True).click()
    assert re.fullmatch(r"receipt-CL-\w{4}-\w{4}\.json", saved.value.suggested_filename)
    place = folder / saved.value.suggested_filename
    saved.value.save_as(place)
    return place


def checked(visitor: Visitor, *, file: Path | None = None, text: str = "") -> None:
    """Have a receipt checked by its file, or by its text."""
    visitor.follow("Check another one" if visitor.page.get_by_text("Check another one").count() else "Check a receipt")
    visitor.heading("Check a receipt")
    if file is not None:
        visitor.page.get_by_label("The file of the receipt").set_input_files(file)
    else:
        visitor.page.get_by_label("Or the text in the file").fill(text)
    visitor.press("Check it")


@pytest.mark.row("F07", "H02")
@JAVASCRIPT
def test_closed_customer_reads_prints_saves_and_checks(
    browser: Browser, demo: Demo, tmp_path: Path, javascript: bool
) -> None:
    visitor = from_the_mail(browser, demo, javascript=javascript)
    visitor.look(javascript)
    assert printed(visitor.page) == 1
    file = downloaded(visitor, tmp_path)

    checked(visitor, file=file)
    visitor.heading("This receipt is genuine")
    expect(visitor.page.locator("main")).to_contain_text(file.stem.removeprefix("receipt-"))
    visitor.look(javascript)
    checked(visitor, text=f"\n{file.read_text()}\n")
    visitor.heading("This receipt is genuine")

    checked(visitor, text=file.read_text().replace("standard", "Standard"))
    visitor.heading("This receipt was changed")
    visitor.look(javascript)
    checked(visitor, text="hello")
    visitor.heading("This is not a receipt")
    visitor.look(javascript)
    visitor.follow("Check another one")
    visitor.look(javascript)
    visitor.press("Check it")
    expect(visitor.page.locator(".summary-errors")).to_contain_text("Choose a file, or paste its text.")
    visitor.look(javascript)
    assert visitor.problems == []
