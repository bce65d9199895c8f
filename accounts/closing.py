"""What the floor above knows: whether somebody is closing the account, how to stop it, and what holds the account.

That floor plugs itself in. While a closure is open, factors and contacts stay as they are: what proves who asks must
work to the end (A13).
"""

from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import TIPPING_OFF
from accounts.exceptions import PortalError
from accounts.models import Account
from accounts.restrictions import active


class ClosureOpen(PortalError):
    """Nothing that proves who asks is taken away or changed while a closure is open."""

    code = "closure_open"

    def __init__(self) -> None:
        super().__init__(
            _("You have begun to close your account. Until that ends, nothing can be removed or changed here.")
        )


class Closing(Protocol):
    """What the floor above knows about closures."""

    def is_open(self, account: Account) -> bool:
        """Tell whether a closure is open, a draft too."""

    def stop(self, account: Account, *, actor: Actor, now: datetime) -> None:
        """Stop what can still be stopped, in the caller's transaction; the account is locked."""

    def is_held(self, account: Account) -> bool:
        """Tell whether a legal or risk hold stands, of whatever kind: restriction or order to keep."""

    def offers_disabling(self) -> bool:
        """Tell whether owners may disable their account."""


class Nothing:
    """There are no closures."""

    def is_open(self, account: Account) -> bool:
        """Return False."""
        return False

    def stop(self, account: Account, *, actor: Actor, now: datetime) -> None:
        """Do nothing."""

    def is_held(self, account: Account) -> bool:
        """Ask the restrictions alone."""
        return any(each.kind in TIPPING_OFF for each in active(account.pk))

    def offers_disabling(self) -> bool:
        """Return False: there is no page for it."""
        return False


_closing: Closing = Nothing()


def plug(closing: Closing) -> None:
    """Ask this one from now on."""
    global _closing  # noqa: PLW0603  (set once, when the apps are ready)
    _closing = closing


def is_open(account: Account) -> bool:
    """Tell whether a closure of the account is open."""
    return _closing.is_open(account)


def check_none_open(account: Account) -> None:
    """Raise ClosureOpen while one is open; ask with the account locked where something changes."""
    if is_open(account):
        raise ClosureOpen


def stop(account: Account, *, actor: Actor, now: datetime) -> None:
    """Stop a closure that is open, if it can still be stopped."""
    _closing.stop(account, actor=actor, now=now)


def is_held(account: Account) -> bool:
    """Tell whether a legal or risk hold stands on the account; its owner learns that in one sentence, and no more."""
    return _closing.is_held(account)


def offers_disabling() -> bool:
    """Tell whether owners may disable their account here (E06)."""
    return _closing.offers_disabling()


def restricts(account: Account) -> bool:
    """Tell whether anything restricts the account, which its owner is told first."""
    return bool(active(account.pk)) or is_held(account)
