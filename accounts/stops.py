"""What the links under /stop/ stop, beside a closure: one entry for each purpose. Looking stops nothing (E07)."""

from collections.abc import Callable
from datetime import datetime

from accounts import at_core, mailed_links
from accounts.enums import LinkPurpose
from accounts.exceptions import PortalError
from accounts.models import MailedLink

Carry = Callable[[MailedLink, datetime], None]
_stops: dict[LinkPurpose, Carry] = {}


class StopRefused(PortalError):
    """The link was used, is too old, or there is nothing left to stop; which of these is not told."""

    code = "link_refused"

    def __init__(self) -> None:
        super().__init__("This link does not work any more.")


def plug(purpose: LinkPurpose, carry: Carry) -> None:
    """Carry out stops of this purpose so; it uses the link up by itself and raises StopRefused."""
    _stops[purpose] = carry


def find(token: str, *, now: datetime) -> MailedLink | None:
    """Return the living link of a token, if it is one of ours; changes nothing."""
    return next((link for purpose in _stops if (link := mailed_links.find(token, purpose, now=now))), None)


def carry_out(token: str, *, now: datetime) -> MailedLink:
    """Stop what a link names; raises StopRefused. It has no budget that a stranger could use up (invariant 13).

    What it locks is shut at the core at once, so this must not be called inside a transaction.
    """
    link = find(token, now=now)
    if link is None:
        raise StopRefused
    _stops[LinkPurpose(link.purpose)](link, now)
    at_core.carry_out(link.account_id, now=now)
    return link
