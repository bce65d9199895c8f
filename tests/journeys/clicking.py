"""Clicks that lead somewhere."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page

Opener = Callable[..., Page]


def go(link_or_button: Locator) -> None:
    """Click, and wait until the page that follows is there in full.

    A click by itself waits until the answer begins: who looks at once sees a page without anything on it.
    """
    with link_or_button.page.expect_navigation():
        link_or_button.click()
