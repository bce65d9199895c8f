"""Links to look at a request or a case, and to stop a request. All are made when their message is sent, never before.

Asking for a status link does the same work and gets the same answer whoever asks (invariant 17): two budgets and one
row of the outbox. Whether there is such a request, and whose, is found out by the sender.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import asking, case_links, identifiers, mailed_links
from accounts.enums import IdentifierKind, LinkPurpose, MessageChannel
from accounts.exceptions import BadIdentifier
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import MailedLink, OutboxMessage
from closure import brake_notice, lifecycle, offers, queries
from closure.exceptions import LinkRefused
from closure.mails import CONFIRMATION
from closure.models import ClosureRequest

TEMPLATE = "status_link"
BUDGET = "status_link"
LIVES = timedelta(minutes=15)
MAX_REFERENCE = 32
MAX_CONTACT = 320


def ask(reference: str, contact: str, *, now: datetime) -> None:
    """Have a link sent if these match; raises TooManyAttempts by what was typed, never by what exists.

    The attempts are spent first, so this must not be called inside a transaction.
    """
    wanted, (kind, to) = reference.strip().upper()[:MAX_REFERENCE], _read(contact[:MAX_CONTACT])
    tries = [f"status contact {to}", f"status reference {wanted}"]
    channel = asking.spend(kind, to, tries=tries, budget=BUDGET, now=now)
    with transaction.atomic():
        asking.queue(TEMPLATE, channel, to, language="", said={"reference": wanted}, now=now)


def _read(contact: str) -> tuple[IdentifierKind, str]:
    try:
        return identifiers.read(contact)
    except BadIdentifier:
        return IdentifierKind.EMAIL, contact.strip().casefold()


def complete_status(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None:
    """Return the message with its link, or None when nothing matches or it was asked for too long ago."""
    if now - message.created_at >= LIVES:
        return None
    if str(said.context["reference"]).startswith(case_links.PREFIX):
        return case_links.complete(message, said, lives=LIVES, now=now)
    request = queries.submitted(str(said.context["reference"]))
    owner = identifiers.find_account(said.to)
    if request is None or owner is None or owner.pk != request.account_id:
        return None
    channel = MessageChannel(message.channel)
    to = owner.phone if channel is MessageChannel.SMS else owner.email
    if not to:
        return None
    token = mailed_links.issue(
        owner.pk, LinkPurpose.STATUS, subject_id=request.pk, channel=channel, lives=LIVES, now=now
    )
    minutes = int(LIVES.total_seconds() // 60)
    context = {"reference": request.reference, "token": token, "minutes": minutes}
    return Payload(to=to, language=owner.language, context=context, account_id=owner.pk)


def complete_confirmation(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload:
    """Return the confirmation with the link that stops it, while it can be stopped."""
    request = queries.submitted(str(said.context["reference"]))
    if request is None:
        return said
    with transaction.atomic():
        _account, locked = lifecycle.lock(request.pk)
        if not offers.dispute(locked):
            return said
        context: dict[str, Any] = {
            **said.context,
            "stop": mailed_links.issue(
                locked.account_id,
                LinkPurpose.STOP,
                subject_id=locked.pk,
                channel=MessageChannel(message.channel),
                lives=None,
                now=now,
            ),
        }
    return Payload(to=said.to, language=said.language, context=context)


def read_status(token: str, *, now: datetime) -> tuple[MailedLink, ClosureRequest]:
    """Return what a status link opens; changes nothing; raises LinkRefused."""
    return _read_link(token, LinkPurpose.STATUS, now=now)


def read_stop(token: str, *, now: datetime) -> tuple[MailedLink, ClosureRequest]:
    """Return what a stop link stops; changes nothing; raises LinkRefused, also when nothing is left to stop."""
    link, request = _read_link(token, LinkPurpose.STOP, now=now)
    if not offers.dispute(request):
        raise LinkRefused
    return link, request


def _read_link(token: str, purpose: LinkPurpose, *, now: datetime) -> tuple[MailedLink, ClosureRequest]:
    link = mailed_links.find(token, purpose, now=now)
    about = ClosureRequest.objects.select_related("account").filter(pk=link.subject_id) if link else None
    request = about.first() if about is not None else None
    if link is None or request is None or request.account_id != link.account_id:
        raise LinkRefused
    return link, request


def plug() -> None:
    """Let the sender complete these messages (closure.apps)."""
    late.plug(TEMPLATE, complete_status)
    for template in (CONFIRMATION, brake_notice.TEMPLATE):
        late.plug(template, complete_confirmation)
