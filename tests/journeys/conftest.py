"""A real demo and a real browser for the journeys."""

from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import Account
from tests.console import console
from tests.journeys.clicking import Opener
from tests.journeys.databases import Made, made_once, migrated, peopled
from tests.journeys.running_demo import Demo, running_demo
from tests.journeys.standing import standing

CHROMIUM = "/usr/bin/chromium-headless-shell"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium, built to need no screen: without its own windows it leaves more of the machine to the walks.

    From here on a loop runs in this thread, beside which Django keeps connections of its own. The ones of before would
    stay open, unseen, and a child that a test forks and kills would work on them.
    """
    connections.close_all()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """The browser; what a test opened is closed after it, so that no page goes on ticking beside the next test."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Let a walk that failed tell where it was."""
    report = yield
    browser: Browser | None = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and browser is not None:
        pages = [page for context in browser.contexts for page in context.pages]
        report.sections += [("where the walk was", standing(page)) for page in pages]
    return report


@pytest.fixture(scope="session")
def shared_demo(tmp_path_factory: pytest.TempPathFactory, people: Made) -> Iterator[Demo]:
    """A demo for walks that leave the clock and the state of every account alone; a person each, or only looking."""
    with running_demo(tmp_path_factory.mktemp("shared"), like=people) as running:
        yield running


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Tables that were made once for all demos: that is most of a demo's start."""
    with made_once(tmp_path_factory, "tables", migrated) as made:
        yield made


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory, tables: Made) -> Iterator[Made]:
    """Tables and people of the default policy, made once too."""
    with made_once(tmp_path_factory, "people", partial(peopled, like=tables)) as made:
        yield made


@pytest.fixture
def demo(tmp_path: Path, people: Made) -> Iterator[Demo]:
    """A demo of one's own: journeys close accounts and move the clock."""
    with running_demo(tmp_path, like=people) as running:
        yield running


@pytest.fixture
def origin(live_server: Any, settings: Any) -> str:
    """The portal over plain HTTP, with the cookie that such a browser keeps."""
    settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE = "session", False
    return str(live_server.url)


@pytest.fixture
def complaints() -> list[str]:
    """What browsers complained about: refused by policy, missing, or a script's error."""
    return []


@pytest.fixture
def opened(browser: Browser, origin: str, complaints: list[str]) -> Iterator[Opener]:
    """A function that opens the browser of a member of staff who has signed in, or of a visitor."""
    contexts = []

    def open_page(account: Account | None = None, *, javascript: bool = True) -> Page:
        context = browser.new_context(java_script_enabled=javascript, locale="en-US", reduced_motion="reduce")
        contexts.append(context)
        if account is not None:
            cookie = console(account).cookies["session"].value
            context.add_cookies([{"name": "session", "value": cookie, "url": origin}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
