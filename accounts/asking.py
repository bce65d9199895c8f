"""Asking for a mailed link: the same work and the same answer for every address (invariant 17, finding 5).

Two counters and one row of the outbox. What there is to say, and to whom, the sender finds out (messages.late).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import identifiers
from accounts.enums import IdentifierKind, MessageChannel
from accounts.exceptions import PortalError
from accounts.messages import limits, outbox
from accounts.models import Account, OutboxMessage
from accounts.verification import attempts

CHANNELS = {IdentifierKind.EMAIL: MessageChannel.EMAIL, IdentifierKind.PHONE: MessageChannel.SMS}


class LinkGone(PortalError):
    """The link was used, is too old, or there is nothing left that it could do; which of these is not told."""

    code = "link_refused"

    def __init__(self) -> None:
        super().__init__(_("This link does not work any more. Ask for a new one."))


def ask(identifier: str, *, template: str, language: str, now: datetime) -> None:
    """Queue a message to what was typed; raises BadIdentifier, TooManyAttempts, NotAllowed, none by what exists.

    The counters are spent first, so this must not be called inside a transaction.
    """
    kind, to = identifiers.read(identifier)
    channel = spend(kind, to, tries=[f"{template} {to}"], budget=template, now=now)
    with transaction.atomic():
        queue(template, channel, to, language=language, said={}, now=now)


def spend(kind: IdentifierKind, to: str, *, tries: Sequence[str], budget: str, now: datetime) -> MessageChannel:
    """Count a try at each of what was typed, and one message to the address; returns the channel that it goes by.

    Raises as `ask`, and must be called outside of any transaction.
    """
    for tried in tries:
        attempts.spend(attempts.stand_in(tried), budget, now=now)
    channel = CHANNELS[kind]
    limits.spend(channel, to, now=now)
    return channel


def queue(
    template: str, channel: MessageChannel, to: str, *, language: str, said: Mapping[str, Any], now: datetime
) -> None:
    """Queue the message about which the sender finds out, in the caller's transaction."""
    outbox.enqueue(account_id=None, template=template, channel=channel, to=to, language=language, context=said, now=now)


def too_late(message: OutboxMessage, lives: timedelta, *, now: datetime) -> bool:
    """Tell whether a message waited so long that nobody waits for it any more."""
    return now - message.created_at >= lives


def contact_of(account: Account, channel: MessageChannel) -> str | None:
    """Return where the account itself says that it gets messages."""
    return account.phone if channel is MessageChannel.SMS else account.email
