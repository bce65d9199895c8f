"""Asking for a mailed link: the same work and the same answer for every address (invariant 17, finding 5).

Two counters and one row of the outbox. What there is to say, and to whom, the sender finds out (messages.late).
"""

from datetime import datetime, timedelta

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
    channel = CHANNELS[kind]
    attempts.spend(attempts.stand_in(f"{template} {to}"), template, now=now)
    limits.spend(channel, to, now=now)
    with transaction.atomic():
        outbox.enqueue(
            account_id=None, template=template, channel=channel, to=to, language=language, context={}, now=now
        )


def too_late(message: OutboxMessage, lives: timedelta, *, now: datetime) -> bool:
    """Tell whether a message waited so long that nobody waits for it any more."""
    return now - message.created_at >= lives


def contact_of(account: Account, channel: MessageChannel) -> str | None:
    """Return where the account itself says that it gets messages."""
    return account.phone if channel is MessageChannel.SMS else account.email
