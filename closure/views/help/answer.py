"""One answer of the help, and what it may know: the policy, the time, and whose browser this is where that is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from accounts.models import Account
from closure.models import ClosureRequest
from closure.policy.schema import Policy


@dataclass(frozen=True, kw_only=True)
class About:
    """What answers depend on; `account` and `request` are the reader's own, None for everybody else."""

    policy: Policy
    now: datetime
    account: Account | None = None
    request: ClosureRequest | None = None


@dataclass(frozen=True, kw_only=True)
class Own:
    """Something about the reader's own account; a time is written by the page."""

    text: str
    at: datetime | None = None


def nothing(_about: About) -> Sequence[Own]:
    """There is nothing of one's own to say."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One question. `words` are what else people call it; `links` lead on, by name of page and words."""

    slug: str
    question: str | Promise
    words: str | Promise
    says: Callable[[About], Sequence[str]]
    own: Callable[[About], Sequence[Own]] = nothing
    links: tuple[tuple[str, str | Promise], ...] = ()
