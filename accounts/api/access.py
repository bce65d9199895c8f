"""Who counts as signed in. A module of its own: REST framework's settings load what needs it before its views exist."""

from typing import Any


def second_factor_done(user: Any) -> bool:
    """Whether a session belongs to somebody whose second factor was verified in it."""
    return bool(user.is_authenticated and user.is_verified())
