"""Waking up: how many factors a dormant account needs is policy, which a higher floor plugs in."""

from typing import Protocol

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
