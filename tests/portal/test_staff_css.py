"""The console's stylesheet stands on the tokens of the portal's."""

import re
from pathlib import Path

CSS = Path(__file__).parents[2] / "static" / "css"
TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
# The admin has a variable of its own that is called accent.
RENAMED = {"strong-accent": "accent"}


def tokens(name: str) -> dict[str, str]:
    """Return the first value of each token of a stylesheet."""
    found: dict[str, str] = {}
    for token, value in TOKEN.findall((CSS / name).read_text()):
        found.setdefault(token, value)
    return found


def test_tokens_are_those_of_the_portal() -> None:
    portal, staff = tokens("portal.css"), tokens("staff.css")
    shared = {RENAMED.get(name, name): value for name, value in staff.items() if "var(" not in value}
    shared.pop("font-family-primary")
    assert len(shared) >= 20
    assert shared == {name: portal[name] for name in shared}


def test_stylesheet_is_light() -> None:
    assert (CSS / "staff.css").stat().st_size < 20_000
