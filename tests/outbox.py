"""Reading what waits in the outbox, as its recipient will."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from accounts.enums import Delivery
from accounts.messages import kept, outbox, payload
from accounts.messages.payload import Payload
from accounts.models import Account, OutboxMessage


def messages(account: Account, **facts: Any) -> list[OutboxMessage]:
    """Return the messages to an account, oldest first."""
    return list(OutboxMessage.objects.filter(account_id=account.pk, **facts).order_by("created_at", "id"))


def opened(message: OutboxMessage) -> Payload:
    """Return recipient and facts of a message that waits."""
    return payload.unseal(bytes(message.payload or b""), message.pk)


def last_code(account: Account, **facts: Any) -> str:
    """Return the code of the newest message to an account."""
    return str(opened(messages(account, **facts)[-1]).context["code"])


def send(message: OutboxMessage, now: datetime, **late: Any) -> OutboxMessage:
    """End a message as the sender does that handed it over; `late` is what was put in on sending."""
    said = opened(message)
    sent = replace(said, context={**said.context, **late})
    outbox._finish(message, Delivery.SENT, error="", now=now, box=kept.box(message, said, sent))
    message.refresh_from_db()
    return message
