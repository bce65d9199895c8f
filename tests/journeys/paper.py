"""What a page becomes when it is printed, by the browser's own print to PDF."""

import re
from pathlib import Path

from playwright.sync_api import Page

PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


def printed(page: Page, to: Path | None = None) -> int:
    """Return how many sheets the page as it stands fills; `to` keeps the PDF."""
    made = page.pdf(prefer_css_page_size=True)
    if to is not None:
        to.write_bytes(made)
    return len(PAGE.findall(made))
