"""A customer downloads the records of years before leaving: one fresh code, with and without scripts."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.running_demo import Demo
from tests.journeys.test_closing import accept_risks
from tests.journeys.visitor import Visitor


def downloaded(visitor: Visitor, folder: Path) -> list[list[str]]:
    """Follow the link to the file and return its lines."""
    with visitor.page.expect_download() as saved:
        visitor.follow("Download")
    assert saved.value.suggested_filename == "transactions.csv"
    saved.value.save_as(folder / "transactions.csv")
    return list(csv.reader((folder / "transactions.csv").read_text().splitlines()))


@pytest.mark.row("B10", "D02", "D06", "D07")
@pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
def test_records_are_downloaded_after_one_fresh_code(
    browser: Browser, demo: Demo, tmp_path: Path, javascript: bool
) -> None:
    visitor = Visitor.open(browser, demo, "clean", javascript=javascript)
    visitor.sign_in()
    visitor.goto("/close/risks/")
    accept_risks(visitor)
    visitor.heading("Save your records")
    visitor.steps = 0

    visitor.follow("Download")
    visitor.heading("Download your transactions")
    visitor.look(javascript)
    visitor.press("Prove that it is you")
    expect(visitor.page.locator("main")).to_contain_text("Time left:" if javascript else "minutes left")
    visitor.look(javascript)
    visitor.fill("Code from the app", "000000")
    visitor.press("Continue")
    visitor.look(javascript)
    visitor.page.get_by_text("The code does not arrive or is refused").click()
    visitor.fill("Code from the app", demo.totp(visitor.email))
    visitor.press("Continue")
    expect(visitor.page.locator("main")).to_contain_text("Open in this browser until")
    visitor.look(javascript)
    header, *_lines = downloaded(visitor, tmp_path)
    assert header == ["time", "kind", "asset", "amount", "fee", "reference"]

    visitor.follow("Back to closing your account")
    visitor.heading("Save your records")
    visitor.look(javascript)
    assert downloaded(visitor, tmp_path)[0] == header
    demo.advance(hours=0.2)
    visitor.follow("Download")
    visitor.heading("Download your transactions")
    assert visitor.problems == []
