"""How far the demo's clock runs ahead: one small file, replaced whole, read at each call, so all processes agree."""

import json
import os
from datetime import timedelta
from pathlib import Path

from django.conf import settings

NAME = "demo-clock.json"
MAX_AHEAD = timedelta(days=365 * 20)


def path() -> Path:
    """Return where the offset is kept."""
    kept: Path = settings.VAR_DIR / NAME
    return kept


def read() -> timedelta:
    """Return the offset; zero while nobody has moved the clock."""
    try:
        return timedelta(seconds=json.loads(path().read_text())["ahead_seconds"])
    except FileNotFoundError:
        return timedelta()


def advance(by: timedelta) -> timedelta:
    """Move the clock ahead and return the new offset; raises ValueError for a step back or beyond 20 years."""
    ahead = read() + by
    if by < timedelta() or ahead > MAX_AHEAD:
        raise ValueError("The demo's clock moves ahead only, by at most 20 years in all.")
    staged = path().with_suffix(f".{os.getpid()}")
    staged.write_text(json.dumps({"ahead_seconds": ahead.total_seconds()}))
    staged.replace(path())
    return ahead
