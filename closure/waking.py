"""How many factors wake a dormant account is policy (J02), and what its owner looks through then is ours."""

from datetime import datetime

from accounts import dormancy
from accounts.actors import Actor
from accounts.models import Account
from closure.policy import loader
from closure.welcome import gate, progress


def factors_needed(account: Account) -> int:  # noqa: ARG001  (the policy in force is the same for all)
    """Return the number of the policy in force."""
    return loader.current().dormancy.wake_factors


class WelcomeList:
    """The list of closure.welcome."""

    def begin(
        self, account: Account, *, away_since: datetime, dormant_since: datetime, actor: Actor, now: datetime
    ) -> None:
        """Begin it; a password that was chosen to come back, while the account was dormant, is new."""
        progress.begin(account, away_since=away_since, password_since=dormant_since, actor=actor, now=now)

    def waits(self, account: Account) -> bool:
        """Tell whether one stands."""
        return gate.standing(account.pk) is not None


def plug() -> None:
    """Let sign-in ask the policy, and begin the list (closure.apps)."""
    dormancy.set_wake_factors(factors_needed)
    dormancy.set_welcome(WelcomeList())
