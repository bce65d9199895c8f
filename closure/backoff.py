"""How long to wait before trying again what failed."""

from datetime import timedelta

FIRST = timedelta(seconds=10)
LONGEST = timedelta(hours=1)
DOUBLINGS = 9  # 10 s doubled nine times is past the longest wait


def back_off(attempts: int) -> timedelta:
    """Return the wait after this many failed attempts: 10 s, doubled each time, at most an hour."""
    times: int = 2 ** min(max(attempts - 1, 0), DOUBLINGS)
    return min(FIRST * times, LONGEST)
