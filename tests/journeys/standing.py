"""Where a walk that failed had come to, in few lines."""

from playwright.sync_api import Error, Page

MOST_LETTERS = 800
PATIENCE_MILLISECONDS = 1000


def standing(page: Page) -> str:
    """Return the address, the heading and the words of a page, as much as helps; never raises for a page in trouble."""
    return "\n".join([page.url, _words(page, "h1"), _words(page, "main")[:MOST_LETTERS]])


def _words(page: Page, selector: str) -> str:
    try:
        words = page.locator(selector).first.inner_text(timeout=PATIENCE_MILLISECONDS)
    except Error as error:
        return f"(no {selector}: {error.message.splitlines()[0]})"
    return "\n".join(filter(None, words.splitlines()))
