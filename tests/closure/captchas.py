"""Answering the captcha as a browser does: the whole sum, by the library's own solver."""

from typing import Any

import altcha

from accounts.models import Account
from closure import captcha


def answer_to(challenge: dict[str, Any]) -> str:
    """Return what a page or a program sends for a challenge."""
    made = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(made, counter_start=captcha.LEAST)
    assert solution is not None
    return altcha.Payload(made, solution).to_base64()


def answered(account: Account, now: Any) -> str:
    """Return a right answer to a new challenge of this account."""
    return answer_to(captcha.challenge(account, now=now))
