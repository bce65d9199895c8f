"""Work that kills whoever does it. It cannot tell so itself, so whoever finds it claimed by a dead worker counts.

The count is written with the claim, before the work: in the words of an effect, in the plan of a closure. After a few
deaths in a row the work is left alone and waits for staff (closure.operations.rearm).
"""

import re

MOST_DEATHS = 5
CALLING = "calling"
_DIED = re.compile(rf"{CALLING}, (\d+) died")


def calling(deaths: int) -> str:
    """Return what a row says while a worker is at it, after so many of its workers died."""
    return f"{CALLING}, {deaths} died" if deaths else CALLING


def deaths_of(said: str) -> int:
    """Return how many workers in a row died at it, by what a row says whose claim is over; 0 when none did."""
    if not said.startswith(CALLING):
        return 0
    found = _DIED.fullmatch(said)
    return int(found[1]) + 1 if found else 1


def story(deaths: int) -> str:
    """Return what staff read."""
    return f"its worker died {deaths} times"
