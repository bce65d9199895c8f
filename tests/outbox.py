"""Reading what waits in the outbox, as its recipient will."""

from typing import Any

from accounts.messages import payload
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
