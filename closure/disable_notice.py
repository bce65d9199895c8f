"""What the owner of a disabled account is told, and the link in it for whoever did not disable it (E06, M04)."""

from datetime import datetime

from accounts import contacts, stops, suspicious
from accounts.enums import LinkPurpose
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import Account, OutboxMessage

TEMPLATE = "account_disabled"


def tell(account: Account, *, now: datetime) -> None:
    """Queue the message to every contact, in the transaction of the change."""
    contacts.tell(contacts.current(account), account, TEMPLATE, {"at": now}, now=now)


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None:
    """Return the message with its link; None when it is about nobody."""
    owner = message.account_id
    if owner is None:
        return None
    return suspicious.with_link(message, said, LinkPurpose.STOP_DISABLING, account_id=owner, subject_id=owner, now=now)


def plug() -> None:
    """Let the sender complete these messages, and /stop/ carry out their links (closure.apps)."""
    late.plug(TEMPLATE, complete)
    stops.plug(LinkPurpose.STOP_DISABLING, suspicious.alarm)
