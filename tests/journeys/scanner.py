"""What a page has wrong for who sees it badly or on a small screen: axe, light and dark, and scrolling sideways."""

import hashlib
import json
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Only what is broken comes back: all that axe looked at is megabytes a page, and most of a walk's time.
BROKEN_ONLY = {"resultTypes": ["violations"]}
# Best practice and target size are off by default.
EVERY_RULE: dict[str, Any] = BROKEN_ONLY | {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": True}},
}
# Where the style never asks which scheme it is, the dark page differs in colors alone: these rules can tell.
COLOR_RULES: dict[str, Any] = BROKEN_ONLY | {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (320, 1280)
HEIGHT = 900
RUN = "options => axe.run(options).then(found => found.violations)"
ASKS_SCHEME = """() => {
    const asks = (text) => (text || "").includes("prefers-color-scheme");
    const within = (rule) => asks(rule.conditionText) || [...(rule.cssRules || [])].some(within);
    return [...document.styleSheets].some((sheet) => asks(sheet.media.mediaText) || [...sheet.cssRules].some(within));
}"""
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# The page as it stands, with what is typed and ticked, less the token that is another one each time.
CONTENT = """() => {
    const fields = [...document.querySelectorAll("input, select, textarea")];
    const token = fields.find((each) => each.name === "csrfmiddlewaretoken")?.value;
    const typed = fields.map((each) => [each.name, each.value, each.checked === true]);
    const whole = document.documentElement.outerHTML + JSON.stringify(typed);
    return token ? whole.replaceAll(token, "") : whole;
}"""

_found_clean: set[bytes] = set()


def problems_of(page: Page) -> list[str]:
    """Return what is wrong with a page as it stands; what was found clean in every bit before is not looked at again.

    A click waits until an answer begins, not until it is there, and axe has nothing to look at before.
    """
    page.wait_for_load_state()
    digest = hashlib.sha256(page.evaluate(CONTENT).encode()).digest()
    if digest in _found_clean:
        return []
    page.evaluate(AXE_SCRIPT)
    found: list[str] = []
    in_dark = EVERY_RULE if page.evaluate(ASKS_SCHEME) else COLOR_RULES
    for scheme in SCHEMES:
        rules = EVERY_RULE if scheme == "light" else in_dark
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            where = f"{page.url} {scheme} {width}"
            found += [f"{where}: {_told(each)}" for each in page.evaluate(RUN, rules)]
            if page.evaluate(SIDEWAYS):
                found.append(f"{where}: scrolls sideways")
    if not found:
        _found_clean.add(digest)
    return found


def _told(violation: dict[str, Any]) -> str:
    """Say which rule is broken and where, with what the first check of each place says."""
    places = [(node["target"], node["any"][:1]) for node in violation["nodes"]]
    return f"{violation['id']} at {json.dumps(places)}"
