"""The link that opens a reactivation: asked for by e-mail or phone, made when its message is sent (as /status/ does).

Asking does the same work and gets the same answer whoever asks (invariant 17). Only the inbox learns more: the link of
a disabled account, or the way for who is frozen, or not disabled at all. To a closed account there is no way (J17).
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import asking, identifiers, mailed_links
from accounts.enums import AccountStatus, IdentifierKind, InvitedTo, LinkPurpose, MessageChannel
from accounts.exceptions import BadIdentifier
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import Account, MailedLink, OutboxMessage
from accounts.recovering import invitations
from closure.exceptions import LinkRefused
from closure.policy import loader
from closure.reactivation import sisters

TEMPLATE = "reactivation_link"
LIVES = timedelta(minutes=15)
MAX_CONTACT = 320


def ask(contact: str, *, now: datetime) -> None:
    """Have a link sent if this is a disabled account's; raises TooManyAttempts by what was typed, never by what exists.

    The attempts are spent first, so this must not be called inside a transaction.
    """
    kind, to = _read(contact[:MAX_CONTACT])
    channel = asking.spend(kind, to, tries=[f"{TEMPLATE} {to}"], budget=TEMPLATE, now=now)
    with transaction.atomic():
        asking.queue(TEMPLATE, channel, to, language="", said={}, now=now)


def _read(contact: str) -> tuple[IdentifierKind, str]:
    try:
        return identifiers.read(contact)
    except BadIdentifier:
        return IdentifierKind.EMAIL, contact.strip().casefold()


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None:
    """Return what the inbox learns; None where there is nothing to say, or it was asked for too long ago."""
    if asking.too_late(message, LIVES, now=now):
        return None
    owner, channel = identifiers.find_account(said.to), MessageChannel(message.channel)
    if owner is None:
        return sisters.told(said)
    to = asking.contact_of(owner, channel)
    if not to or owner.is_staff or owner.status == AccountStatus.CLOSED:
        return None
    context = _way(owner, channel, now=now)
    return Payload(to=to, language=owner.language, context=context, account_id=owner.pk)


def _way(owner: Account, channel: MessageChannel, *, now: datetime) -> dict[str, Any]:
    if owner.status == AccountStatus.FROZEN:
        return {"way": "frozen"}
    if owner.status != AccountStatus.DISABLED:
        return {"way": "open"}
    if not loader.current().reactivation.disable_offered:
        return {"way": "support"}
    token = mailed_links.issue(
        owner.pk, LinkPurpose.REACTIVATE, subject_id=owner.pk, channel=channel, lives=LIVES, now=now
    )
    told = {"way": "link", "token": token, "minutes": int(LIVES.total_seconds() // 60)}
    invitation = invitations.standing(owner, InvitedTo.REACTIVATE, now=now)
    return told if invitation is None else {**told, "documents_until": invitation.expires_at}


def read(token: str, *, now: datetime) -> tuple[MailedLink, Account]:
    """Return what a link opens, changing nothing; raises LinkRefused, also where the account is not disabled."""
    link = mailed_links.find(token, LinkPurpose.REACTIVATE, now=now)
    disabled = Account.objects.filter(status=AccountStatus.DISABLED, is_staff=False)
    owner = disabled.filter(pk=link.account_id).first() if link is not None else None
    if link is None or owner is None:
        raise LinkRefused
    return link, owner


def plug() -> None:
    """Let the sender complete these messages (closure.apps)."""
    late.plug(TEMPLATE, complete)
