"""The link in what is told of a reactivation, for an owner who did not ask for it (J07, M04).

As long as its reactivation is new: the message that it was handed in brings another one.
"""

from datetime import datetime

from accounts import stops, suspicious
from accounts.enums import LinkPurpose
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import OutboxMessage
from closure.reactivation import mails


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None:
    """Return the message with its link; None when it is about nobody."""
    owner = message.account_id
    if owner is None:
        return None
    purpose = LinkPurpose.STOP_REACTIVATION
    return suspicious.with_link(message, said, purpose, account_id=owner, subject_id=owner, now=now)


def plug() -> None:
    """Let the sender complete these messages, and /stop/ carry out their links (closure.apps)."""
    for template in mails.STOPPABLE:
        late.plug(template, complete)
    stops.plug(LinkPurpose.STOP_REACTIVATION, suspicious.alarm)
