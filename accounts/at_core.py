"""What the exchange core is told when an account is disabled: nobody trades there, and no key works (E06, M04, N07).

The floor above plugs itself in. Who shuts an account here need not remember it: `accounts.status` tells.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from accounts.models import Account


class AtCore(Protocol):
    """What the floor above asks of the core."""

    def shut(self, account: Account, *, cause: UUID, now: datetime) -> None:
        """Want the account shut there, in the caller's transaction; it is locked, and `cause` is the event of it."""

    def carry_out(self, account_id: UUID, *, now: datetime) -> None:
        """Ask the core for what is wanted and not done, outside of a transaction; what fails is tried again later."""


class Nothing:
    """There is no core."""

    def shut(self, account: Account, *, cause: UUID, now: datetime) -> None:
        """Do nothing."""

    def carry_out(self, account_id: UUID, *, now: datetime) -> None:
        """Do nothing."""


_at_core: AtCore = Nothing()


def plug(at_core: AtCore) -> None:
    """Tell this one from now on."""
    global _at_core  # noqa: PLW0603  (set once, when the apps are ready)
    _at_core = at_core


def shut(account: Account, *, cause: UUID, now: datetime) -> None:
    """Want a locked account shut at the core, once for each cause; called by the one writer of status alone."""
    _at_core.shut(account, cause=cause, now=now)


def carry_out(account_id: UUID, *, now: datetime) -> None:
    """Make the calls about an account that wait, at once; not inside a transaction: the core is waited for."""
    _at_core.carry_out(account_id, now=now)
