"""What the floor of accounts asks: whether a closure is open, to stop it, and what holds the account (A13, E07)."""

from datetime import datetime

from accounts import closing
from accounts.actors import Actor
from accounts.models import Account
from closure import causes, offers
from closure.enums import OPEN_STATES
from closure.models import ClosureRequest
from closure.operations import hold
from closure.policy import loader


class Closures:
    """The answers, from our rows."""

    def is_open(self, account: Account) -> bool:
        """Tell whether a request is open, a draft too."""
        return ClosureRequest.objects.filter(account_id=account.pk, state__in=sorted(OPEN_STATES)).exists()

    def stop(self, account: Account, *, actor: Actor, now: datetime) -> None:
        """Dispute what was submitted and is not sealed; a draft needs its owner, who cannot sign in any more."""
        for request in ClosureRequest.objects.filter(account_id=account.pk, state__in=sorted(OPEN_STATES)):
            if offers.dispute(request):
                hold.dispute(request.pk, actor=Actor.link(account.pk), reason="", now=now)

    def is_held(self, account: Account) -> bool:
        """Tell whether a legal or risk hold stands."""
        return causes.is_held(account.pk)

    def offers_disabling(self) -> bool:
        """Tell whether the policy in force offers it."""
        return loader.current().reactivation.disable_offered


def plug() -> None:
    """Let accounts ask."""
    closing.plug(Closures())
