"""The link in what is told of a reactivation, for an owner who did not ask for it (J07, M04).

As long as its reactivation is new: the message that it was handed in brings another one.
"""

from datetime import datetime, timedelta

from django.db import transaction

from accounts import mailed_links, stops, suspicious
from accounts.actors import Actor
from accounts.enums import AccountStatus, Action, LinkPurpose, MessageChannel
from accounts.journal import record
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import Account, MailedLink, OutboxMessage
from accounts.stops import StopRefused
from closure.reactivation import mails

LIVES = timedelta(hours=72)


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None:
    """Return the message with its link, made now: no row holds it; None when it is about nobody."""
    account_id = message.account_id
    if account_id is None:
        return None
    token = mailed_links.issue(
        account_id,
        LinkPurpose.STOP_REACTIVATION,
        subject_id=account_id,
        channel=MessageChannel(message.channel),
        lives=LIVES,
        now=now,
    )
    context = {**said.context, "token": token, "hours": int(LIVES.total_seconds() // 3600)}
    return Payload(to=said.to, language=said.language, context=context, account_id=account_id)


def stop(link: MailedLink, now: datetime) -> None:
    """Use a link up: whoever reactivates the account is not its owner; raises StopRefused.

    It stays disabled, or becomes so again, is under investigation, and its password is dead. What one of the staff
    proposed is taken back; nobody approves before two people of compliance have lifted the investigation.
    """
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=link.account_id)
        if locked.status == AccountStatus.CLOSED or not mailed_links.use(link, now=now):
            raise StopRefused
        holder = Actor.link(locked.pk)
        told = {"link": str(link.pk), "purpose": link.purpose, "channel": link.channel}
        record(Action.LINK_USED, actor=holder, at=now, account=locked, data=told)
        suspicious.report(locked, actor=holder, now=now)


def plug() -> None:
    """Let the sender complete these messages, and /stop/ carry out their links (closure.apps)."""
    for template in mails.STOPPABLE:
        late.plug(template, complete)
    stops.plug(LinkPurpose.STOP_REACTIVATION, stop)
