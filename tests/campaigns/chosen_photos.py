"""What the page finds of a chosen photo, against the server: `python -m tests.campaigns.chosen_photos --good 12`.

Draws labelled photos as `tests.campaigns.photos` does, chooses each in a real browser on a page that has nothing but
the field and static/js/photo.mjs, and compares what it says with `closure.evidence.basics`. Prints each difference
and the longest look. Exit 1 under 95%.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator

from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, sync_playwright

from closure.evidence import basics, instant
from closure.evidence.decode import decode
from closure.evidence.enums import FileType, Subject
from closure.evidence.formats import type_of
from tests.campaigns.settled import settle
from tests.closure.evidence.photos.labelled import Labelled, labelled
from tests.journeys.conftest import CHROMIUM, QUIET

GOAL = 0.95
ORIGIN = "http://look.test/"
SCRIPT = f"{ORIGIN}photo.mjs"


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--good", type=int, default=12, help="good photos of each subject")
    parser.add_argument("--faulty", type=int, default=2, help="photos with each fault")
    parser.add_argument("--first", type=int, default=2000, help="the number of the first: others give other photos")
    given = parser.parse_args()
    settle()
    photos = labelled(good=given.good, faulty=given.faulty, first=given.first)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page()
        page.route("**/*", serve)
        told = list(compare(page, photos))
        browser.close()
    agreed = sum(difference == "" for difference, _seconds in told)
    lines = [difference for difference, _seconds in told if difference]
    longest = max(seconds for _difference, seconds in told)
    sys.stdout.write("\n".join([*lines, f"{agreed} of {len(told)} agree, at most {longest:.2f} s a look"]) + "\n")
    return 0 if agreed >= GOAL * len(told) else 1


def serve(route: Route) -> None:
    """Answer with the page of a subject, or the script."""
    if route.request.url == SCRIPT:
        source = settings.BASE_DIR / "static" / "js" / "photo.mjs"
        route.fulfill(body=source.read_text(), content_type="text/javascript")
        return
    check = instant.attributes(Subject(route.request.url.removeprefix(ORIGIN)))["data-check"]
    field = f"<input type=file data-check='{check.replace(chr(39), '&#39;')}'>"
    box = render_to_string("closure/photo_look.html")
    script = f"<script type=module src={SCRIPT}></script>"
    route.fulfill(body=f"<!doctype html>{script}<form>{field}{box}</form>", content_type="text/html; charset=utf-8")


def compare(page: Page, photos: Iterator[Labelled]) -> Iterator[tuple[str, float]]:
    """Yield what page and server tell apart of each photo, "" for nothing, and how long the page took, in seconds."""
    for photo in photos:
        page.goto(f"{ORIGIN}{photo.subject.value}")
        started = time.monotonic()
        page.set_input_files("input", {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo.file})
        page.locator("[data-look] p").wait_for()
        took = time.monotonic() - started
        ours, theirs = by_server(photo), by_page(page, photo.subject)
        yield ("" if ours == theirs else f"{photo.name}: server {sorted(ours)}, page {sorted(theirs)}"), took


def by_server(photo: Labelled) -> set[str]:
    """Return the faults that the server finds from the pixels alone."""
    verdicts = basics.check(decode(photo.file, type_of(photo.file) or FileType.JPEG), photo.subject)
    return {verdict.fault.value for verdict in verdicts if verdict.fault is not None}


def by_page(page: Page, subject: Subject) -> set[str]:
    """Return the faults that the page names."""
    said = page.locator("[data-look] p").inner_text()
    words = json.loads(instant.attributes(subject)["data-check"])["words"]
    return {fault.value for fault in instant.SEEN if words[fault.value] in said}


if __name__ == "__main__":
    sys.exit(main())
