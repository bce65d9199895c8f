"""Somebody without a mouse: goes from one place to the next with Tab, and acts with Enter, Space and typing."""

from typing import Any

from playwright.sync_api import Page

MOST_STOPS = 80
# What has the focus: its place among all that can have it, its name, and whether anything shows that it has.
FOCUSED = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
        .filter((each) => each.tabIndex >= 0 && each.type !== "hidden" && each.checkVisibility());
    const style = getComputedStyle(at);
    const label = at.labels && at.labels.length ? at.labels[0].innerText : at.innerText || at.ariaLabel || "";
    const box = at.getBoundingClientRect();
    return {
        place: all.indexOf(at),
        of: all.length,
        name: label.trim().replace(/\\s+/g, " "),
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    };
}"""


class Keyboard:
    """The keys of one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def focused(self) -> dict[str, Any] | None:
        """Return what has the focus, None when nothing of the page has."""
        found: dict[str, Any] | None = self.page.evaluate(FOCUSED)
        return found

    def to(self, name: str) -> None:
        """Press Tab until what is called so has the focus."""
        met = []
        for _press in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            here = self.focused()
            met.append(here["name"] if here else None)
            if here is not None and here["name"] == name:
                assert (here["ring"], here["seen"]) == (True, True), here
                return
        raise AssertionError(f"Tab does not lead to {name!r}, but to {met}")

    def press(self, name: str) -> None:
        """Go to a link or button and press Enter."""
        self.to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def fill(self, name: str, text: str) -> None:
        """Go to a field and type."""
        self.to(name)
        self.page.keyboard.type(text)

    def stops(self) -> list[dict[str, Any]]:
        """Return every stop of a page that was just opened, in the order of Tab."""
        found: list[dict[str, Any]] = []
        for _press in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            here = self.focused()
            if here is None:
                return found
            found.append(here)
            if here["place"] == here["of"] - 1:
                return found
        raise AssertionError(f"Tab goes round in circles on {self.page.url}")
