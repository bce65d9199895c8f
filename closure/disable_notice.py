"""What the owner of a disabled account is told, and the link in it for whoever did not disable it (E06, M04)."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts import contacts, mailed_links, stops, suspicious
from accounts.actors import Actor
from accounts.enums import AccountStatus, Action, LinkPurpose, MessageChannel
from accounts.journal import record
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import Account, MailedLink, OutboxMessage
from accounts.stops import StopRefused

TEMPLATE = "account_disabled"
LIVES = timedelta(hours=72)


def tell(account: Account, *, now: datetime) -> None:
    """Queue the message to every contact, in the transaction of the change."""
    contacts.tell(contacts.current(account), account, TEMPLATE, {"at": now}, now=now)


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None:
    """Return the message with its link, made now: no row holds it; None when it is about nobody."""
    account_id = message.account_id
    if account_id is None:
        return None
    token = mailed_links.issue(
        account_id,
        LinkPurpose.STOP_DISABLING,
        subject_id=account_id,
        channel=MessageChannel(message.channel),
        lives=LIVES,
        now=now,
    )
    context = {**said.context, "token": token, "hours": int(LIVES.total_seconds() // 3600)}
    return Payload(to=said.to, language=said.language, context=context, account_id=account_id)


def stop(link: MailedLink, now: datetime) -> None:
    """Use a link up: whoever disabled the account was not its owner; raises StopRefused.

    It stays disabled, or becomes so again, is under investigation, and its password is dead: photos alone bring it back
    no more, two people of compliance do.
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
    late.plug(TEMPLATE, complete)
    stops.plug(LinkPurpose.STOP_DISABLING, stop)
