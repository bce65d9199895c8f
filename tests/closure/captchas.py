"""Answering the captcha as a browser does: the whole sum, by the library's own solver."""

from datetime import datetime

from accounts.models import Account
from closure import captcha
from portal.demo.captchas import answer_to


def answered(account: Account, now: datetime) -> str:
    """Return a right answer to a new challenge of this account."""
    return answer_to(captcha.challenge(account, now=now))


__all__ = ["answer_to", "answered"]
