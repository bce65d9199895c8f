"""How long withdrawals are held after a password was reset is policy (J03)."""

from datetime import timedelta

from accounts.models import Account
from accounts.verification import recovery
from closure.policy import loader


def withdrawals_held(account: Account) -> timedelta:  # noqa: ARG001  (the policy in force is the same for all)
    """Return the time of the policy in force."""
    return loader.current().dormancy.withdrawals_held_after_reset


def plug() -> None:
    """Let resets ask the policy (closure.apps)."""
    recovery.set_hold(withdrawals_held)
