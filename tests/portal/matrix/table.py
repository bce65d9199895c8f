"""The written table: who is let in where, a line a route and method, a sign a person."""

from collections.abc import Mapping
from pathlib import Path

PLACE = Path(__file__).parents[2] / "data" / "matrix.txt"
# In the order of the columns.
PEOPLE = {
    "v": "visitor",
    "o": "owner",
    "c": "other customer",
    "f": "frozen owner",
    "d": "disabled owner",
    "s": "status session",
    "A": "agent",
    "L": "lead",
    "X": "compliance",
    "U": "auditor",
    "P": "proposer",
    "1": "staff without a second factor",
}
IN, SIGN_IN, ASK_LINK, FORBIDDEN, UNKNOWN, UNSIGNED, NO_METHOD = "+", "s", "t", "x", "0", "!", "-"
SIGNS = frozenset({IN, SIGN_IN, ASK_LINK, FORBIDDEN, UNKNOWN, UNSIGNED, NO_METHOD})
WIDE = 66

Cells = Mapping[str, str]


def written() -> dict[str, str]:
    """Return what the file says of each line, `GET close-check` for one; raises ValueError for an unreadable one."""
    found: dict[str, str] = {}
    for text in PLACE.read_text().splitlines():
        line = text.partition("#")[0].strip()
        if not line:
            continue
        method, route, *signs = line.split()
        key, cells = f"{method} {route}", "".join(signs)
        if key in found or len(cells) != len(PEOPLE) or not set(cells) <= SIGNS:
            raise ValueError(f"{PLACE.name} cannot be read at: {text}")
        found[key] = cells
    return found


def line(key: str, cells: str) -> str:
    """Return a line as the file has it: visitors and customers, a gap, staff."""
    method, _space, route = key.partition(" ")
    return f"{method:<6} {route:<{WIDE}} {' '.join(cells[:6])}  {' '.join(cells[6:])}"
