"""Runs argon2, only so many at a time: each takes 19 MiB and a processor, and a flood must not take all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from threading import BoundedSemaphore

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext as _

from accounts.exceptions import TooManyAttempts

COME_BACK = timedelta(seconds=10)


class Busy(TooManyAttempts):
    """As many passwords as we can check at once are being checked, whosever they are."""

    code = "busy"

    def __init__(self, retry_at: datetime) -> None:
        super().__init__(retry_at)
        self.message = _("We are checking as many passwords as we can. Try again in a few seconds.")


@lru_cache(maxsize=1)
def slots() -> BoundedSemaphore:
    """Return what keeps the hashes of this process apart."""
    return BoundedSemaphore(settings.PASSWORD_HASHES_AT_ONCE)


@contextmanager
def slot(*, now: datetime) -> Iterator[None]:
    """Hold one of the places; raises Busy when none gets free soon."""
    if not slots().acquire(timeout=settings.PASSWORD_HASH_WAIT):
        raise Busy(now + COME_BACK)
    try:
        yield
    finally:
        slots().release()


def matches(password: str, encoded: str, *, now: datetime) -> bool:
    """Tell whether this is the password of a hash; raises Busy."""
    with slot(now=now):
        return check_password(password, encoded)


def make(password: str, *, now: datetime) -> str:
    """Return a new hash; raises Busy."""
    with slot(now=now):
        return make_password(password)
