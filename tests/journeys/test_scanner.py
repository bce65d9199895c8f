"""The test of the tests: what scanning finds, what it leaves out, and that it waits for the page."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import scanner
from tests.journeys.clicking import go
from tests.journeys.scanner import problems_of
from tests.journeys.standing import standing

STYLE = ":root { color-scheme: light dark; background: light-dark(#fff, #000); color: light-dark(#000, #fff) }"
SLOW_SECONDS = 0.5
WIDE = ("320", "1280")


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_page(locale="en-US")


def show(page: Page, body: str, style: str = "") -> None:
    """Show a page that is clean but for what it is given."""
    page.set_content(
        f'<!doctype html><html lang="en"><title>Here</title><meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}{style}</style><main><h1>Here</h1>{body}</main></html>"
    )


def found(page: Page) -> list[tuple[str, str, str]]:
    """Return scheme, width and rule of each problem."""
    return [(line.split()[1], line.split()[2].rstrip(":"), line.split()[3]) for line in problems_of(page)]


@pytest.mark.parametrize(
    ("body", "style", "problems"),
    [
        ("<p>Fine.</p>", "", []),
        ("<p>Pale.</p>", "p { color: light-dark(#000, #222) }", [("dark", each, "color-contrast") for each in WIDE]),
        ("<p>Pale.</p>", "p { color: light-dark(#ddd, #fff) }", [("light", each, "color-contrast") for each in WIDE]),
        ('<img src="data:,">', "", [("light", each, "image-alt") for each in WIDE]),
        (
            '<img src="data:,">',
            "@media (min-width: 40rem) { img { display: none } }",
            [("light", "320", "image-alt")],
        ),
        (
            '<img src="data:,">',
            "img { display: none } @media (prefers-color-scheme: dark) { img { display: block } }",
            [("dark", each, "image-alt") for each in WIDE],
        ),
        ("<p>Long.</p>", "p { inline-size: 40rem }", [(each, "320", "scrolls") for each in ("light", "dark")]),
    ],
)
def test_each_look_is_looked_at(page: Page, body: str, style: str, problems: list[tuple[str, str, str]]) -> None:
    show(page, body, style)
    assert found(page) == problems
    assert found(page) == problems


def test_clean_page_is_looked_at_once_whatever_its_token(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "_found_clean", set())
    field = '<label>Name <input name="name"></label>'
    for token in ("a1b2c3", "d4e5f6"):
        show(page, f'<form><input type="hidden" name="csrfmiddlewaretoken" value="{token}">{field}</form>')
        assert problems_of(page) == []
    assert len(scanner._found_clean) == 1
    page.get_by_label("Name").fill("Ana")
    assert problems_of(page) == []
    assert len(scanner._found_clean) == 2


@contextmanager
def slow_answers() -> Iterator[str]:
    """Serve a page whose head comes at once and whose body comes later."""
    body = b'<!doctype html><html lang="en"><title>Here</title><main><h1>Here</h1><a href="/next/">On</a></main></html>'
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                caller, _address = server.accept()
            except OSError:
                return
            with caller:
                if caller.recv(65536):
                    caller.sendall(head)
                    time.sleep(SLOW_SECONDS)
                    caller.sendall(body)

    threading.Thread(target=answer, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


@pytest.mark.parametrize("waits", [True, False], ids=["after_waiting", "right_after_the_click"])
def test_page_that_comes_slowly_is_looked_at_when_it_is_there(
    page: Page, waits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner, "_found_clean", set())
    with slow_answers() as origin:
        page.goto(origin)
        if waits:
            go(page.get_by_role("link"))
            assert page.evaluate("document.querySelector('h1').textContent") == "Here"
        else:
            page.get_by_role("link").click()
        assert problems_of(page) == []
        assert page.url == f"{origin}next/"


def test_walk_that_failed_tells_where_it_was(page: Page) -> None:
    show(page, "<p>Words.</p>")
    assert standing(page).splitlines() == ["about:blank", "Here", "Here", "Words."]
    page.set_content("")
    assert [line[:9] for line in standing(page).splitlines()] == ["about:bla", "(no h1: L", "(no main:"]
