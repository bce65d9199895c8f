"""How many factors wake a dormant account is policy (J02)."""

from accounts import dormancy
from accounts.models import Account
from closure.policy import loader


def factors_needed(account: Account) -> int:  # noqa: ARG001  (the policy in force is the same for all)
    """Return the number of the policy in force."""
    return loader.current().dormancy.wake_factors


def plug() -> None:
    """Let sign-in ask the policy (closure.apps)."""
    dormancy.set_wake_factors(factors_needed)
