"""Waking up: how many factors a dormant account needs, and what follows, is policy; a higher floor plugs itself in."""

from datetime import datetime
from typing import Protocol

from accounts.actors import Actor
from accounts.models import Account


class WakeFactors(Protocol):
    """Says how many different factors wake this account."""

    def __call__(self, account: Account) -> int: ...


def one_factor(account: Account) -> int:  # noqa: ARG001  (the default asks nothing of the account)
    """Ask for one factor, as for any sign-in."""
    return 1


_wake_factors: WakeFactors = one_factor


def wake_factors(account: Account) -> int:
    """Return how many different factors a dormant account gives at sign-in (J02)."""
    return _wake_factors(account)


def set_wake_factors(source: WakeFactors) -> None:
    """Plug in the policy of a higher floor; `one_factor` puts the default back."""
    global _wake_factors  # noqa: PLW0603  (wiring is process-wide, done once at start)
    _wake_factors = source


class Welcome(Protocol):
    """What the floor above does for somebody who comes back from a dormant account."""

    def begin(
        self, account: Account, *, away_since: datetime, dormant_since: datetime, actor: Actor, now: datetime
    ) -> None:
        """Begin the list of what to look through, in the transaction that wakes the account."""

    def waits(self, account: Account) -> bool:
        """Tell whether there is such a list that is not finished."""


class NoWelcome:
    """There is nothing to look through."""

    def begin(
        self, account: Account, *, away_since: datetime, dormant_since: datetime, actor: Actor, now: datetime
    ) -> None:
        """Do nothing."""

    def waits(self, account: Account) -> bool:
        """Return False."""
        return False


_welcome: Welcome = NoWelcome()


def set_welcome(welcome: Welcome) -> None:
    """Plug in the floor above."""
    global _welcome  # noqa: PLW0603  (set once, when the apps are ready)
    _welcome = welcome


def woken(account: Account, *, away_since: datetime, dormant_since: datetime, actor: Actor, now: datetime) -> None:
    """Say that an account, whose row is locked, is active again; its owner was last here before it was dormant."""
    _welcome.begin(account, away_since=away_since, dormant_since=dormant_since, actor=actor, now=now)


def is_welcomed(account: Account) -> bool:
    """Tell whether somebody who came back has not looked through everything yet."""
    return _welcome.waits(account)
