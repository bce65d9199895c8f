"""What an action brings along, and the locked rows it acts on: the arguments of every guard."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from accounts.actors import Actor
from accounts.models import Account
from closure.enums import ReactivationState
from closure.models import Reactivation
from closure.permissions import Who
from closure.reactivation.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What an action brings along; guards say which they need. `asked` is what the customer reads."""

    seen_version: int | None = None
    broken: tuple[Rule, ...] = ()
    asked: str = ""


@dataclass(frozen=True, kw_only=True)
class Context:
    """One action on one locked reactivation."""

    reactivation: Reactivation
    account: Account
    actor: Actor
    acting: frozenset[Who]
    reason: str
    now: datetime
    facts: Facts = field(default_factory=Facts)

    @property
    def state(self) -> ReactivationState:
        """Where it stands."""
        return ReactivationState(self.reactivation.state)


@dataclass(frozen=True, kw_only=True)
class Guard:
    """A condition in words."""

    words: str
    check: Callable[[Context], None]
