"""Clicks that lead somewhere, and where the reader is then."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

Opener = Callable[..., Page]


def go(link_or_button: Locator) -> None:
    """Click, and wait until the page that follows is there in full.

    A click by itself waits until the answer begins: who looks at once sees a page without anything on it.
    """
    with link_or_button.page.expect_navigation():
        link_or_button.click()


def lands_on(part: Locator) -> None:
    """Wait until a part of the page that just opened has the focus, which it takes by `autofocus`.

    A browser gives it when it first draws, which may come after the page was loaded.
    """
    expect(part).to_be_focused()


def refused(page: Page) -> None:
    """Say that a page is one of problems: its title says so, and its reader is led to them."""
    assert page.title().startswith("Error: ")
    lands_on(page.locator("#problems"))
