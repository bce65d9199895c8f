"""Customers take the records of years along: before leaving and while frozen, with and without scripts."""

import csv
import hashlib
import time
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.running_demo import Demo
from tests.journeys.test_closing import accept_risks
from tests.journeys.test_status import frozen, open_status
from tests.journeys.visitor import Visitor

JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
HEADER = ["time", "kind", "asset", "amount", "fee", "reference"]
PATIENCE_SECONDS = 60


def wait_until_ready(visitor: Visitor, *, javascript: bool) -> None:
    """Wait for the file: by itself where there are scripts, else by the link that looks again."""
    download = visitor.page.get_by_role("link", name="Download", exact=True)
    if javascript:
        expect(download).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
        expect(visitor.page.locator("[data-progress-say]")).to_have_text("ready")
        return
    ends = time.monotonic() + PATIENCE_SECONDS
    while not download.count():
        assert time.monotonic() < ends, visitor.page.inner_text("main")
        time.sleep(0.5)
        visitor.follow("Look again")


def downloaded(visitor: Visitor, folder: Path, name: str) -> Path:
    """Follow the link to the file and return it, whole by the digest that the page shows."""
    with visitor.page.expect_download() as saved:
        visitor.page.get_by_role("link", name="Download", exact=True).click()
    assert saved.value.suggested_filename == name
    saved.value.save_as(folder / name)
    visitor.page.get_by_text("Check that the file is whole").click()
    expect(visitor.page.locator(".secret")).to_have_text(hashlib.sha256((folder / name).read_bytes()).hexdigest())
    return folder / name


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text().splitlines()))


@pytest.mark.row("B10", "D02", "D06", "D07")
@JAVASCRIPT
def test_records_are_downloaded_after_one_fresh_code(
    browser: Browser, demo: Demo, tmp_path: Path, javascript: bool
) -> None:
    visitor = Visitor.open(browser, demo, "clean", javascript=javascript)
    visitor.sign_in()
    visitor.goto("/close/risks/")
    accept_risks(visitor)
    visitor.heading("Save your records")
    visitor.look(javascript)

    visitor.follow("Get this file All transactions")
    visitor.heading("All transactions")
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
    wait_until_ready(visitor, javascript=javascript)
    visitor.look(javascript)
    assert rows(downloaded(visitor, tmp_path, "transactions.csv"))[0] == HEADER

    visitor.follow("Back to closing your account")
    visitor.heading("Save your records")
    visitor.look(javascript)
    visitor.follow("Download All transactions")
    downloaded(visitor, tmp_path, "transactions.csv")
    demo.advance(hours=0.2)
    visitor.goto("/security/records/transactions/")
    visitor.heading("All transactions")
    expect(visitor.page.get_by_role("button", name="Prove that it is you")).to_be_visible()
    assert visitor.problems == []


@pytest.mark.row("B10")
def test_everything_comes_in_one_archive_from_the_security_page(
    browser: Browser, shared_demo: Demo, tmp_path: Path
) -> None:
    visitor = Visitor.open(browser, shared_demo, "loaded", javascript=True)
    visitor.sign_in()
    visitor.follow("Your records")
    visitor.heading("Your records")
    visitor.scan()
    visitor.follow("Get this file Everything in one archive")
    visitor.press("Prove that it is you")
    visitor.fill("Code from the app", shared_demo.totp(visitor.email))
    visitor.press("Continue")
    wait_until_ready(visitor, javascript=True)
    with zipfile.ZipFile(downloaded(visitor, tmp_path, "records.zip")) as archive:
        assert archive.testzip() is None
        assert {"manifest.json", "identity.json", "transactions.csv"} <= set(archive.namelist())
    visitor.goto("/security/records/")
    visitor.scan()
    assert visitor.problems == []


@pytest.mark.row("B11", "E02", "E07")
@JAVASCRIPT
def test_frozen_customer_takes_records_along(browser: Browser, demo: Demo, tmp_path: Path, javascript: bool) -> None:
    visitor, reference, _stop = frozen(browser, demo, javascript=javascript)
    open_status(visitor, reference, scan=False)
    visitor.look(javascript)
    visitor.follow("Download my data")
    visitor.heading("Download my data")
    visitor.look(javascript)
    visitor.follow("Get this file All transactions")
    # The link came by mail: no code by mail is offered.
    assert "Code by mail" not in visitor.page.inner_text("main")
    visitor.look(javascript)
    visitor.fill("Code from the app", "000000")
    visitor.press("Continue")
    visitor.look(javascript)
    visitor.fill("Code from the app", demo.totp(visitor.email))
    visitor.press("Continue")
    wait_until_ready(visitor, javascript=javascript)
    visitor.look(javascript)
    assert rows(downloaded(visitor, tmp_path, "transactions.csv"))[0] == HEADER
    assert len(list((tmp_path / "exports").iterdir())) == 1
    # The wait ends, and with it the account and its files.
    demo.advance(hours=24 * 6)
    demo.wait_for_message(visitor.email, saying="Your account is closed (")
    assert list((tmp_path / "exports").iterdir()) == []
    assert visitor.problems == []
