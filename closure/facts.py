"""What an action brings along, and the locked rows it acts on: the arguments of every guard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.actors import Actor
from accounts.models import Account
from closure.enums import ClosureState, HeldReason, RequestChannel
from closure.models import CheckRun, ClosureRequest
from closure.permissions import Who


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What submission decides: dates, flags and who must look."""

    finalizes_after: datetime
    finalizes_before: datetime
    release_at: datetime
    flags: tuple[str, ...]
    review_due: bool
    four_eyes_due: bool
    face_due: bool = False
    face_consent: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What an action brings along; guards say which they need."""

    run: CheckRun | None = None
    check: object = None  # of `run`, for the refusal
    proof: object = None
    submission: Submission | None = None
    channel: RequestChannel | None = None
    seen_version: int | None = None
    case: str | None = None
    template: str | None = None
    causes: frozenset[HeldReason] = frozenset()
    unknown_since: datetime | None = None
    check_changed: bool = False
    steps: tuple[str, ...] = ()
    book: Mapping[str, Any] | None = None  # columns of the request, by its page of the book of closures


@dataclass(frozen=True, kw_only=True)
class Context:
    """One action on one locked request."""

    request: ClosureRequest
    account: Account
    actor: Actor
    acting: frozenset[Who]
    reason: str
    now: datetime
    facts: Facts = field(default_factory=Facts)

    @property
    def state(self) -> ClosureState:
        """Where the request stands."""
        return ClosureState(self.request.state)


@dataclass(frozen=True, kw_only=True)
class Guard:
    """A condition in words; `claims` is given for those that a query can ask."""

    words: str
    check: Callable[[Context], None]
    claims: Callable[[datetime], Q] | None = None
