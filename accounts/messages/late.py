"""Messages that are completed when they are sent: whether there is anything to say, and secrets that no row may hold.

Whoever asks for a message about something that may not exist writes the same row either way (invariant 17, finding 5);
the sender finds out here. Higher floors plug themselves in.
"""

from datetime import datetime
from typing import Protocol

from accounts.messages.payload import Payload
from accounts.models import OutboxMessage


class Late(Protocol):
    """Returns what to send, or None when there is nobody to send it to; called at each attempt."""

    def __call__(self, message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None: ...


_late: dict[str, Late] = {}


def plug(template: str, late: Late) -> None:
    """Complete messages of this template when they are sent."""
    _late[template] = late


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None:
    """Return what to send; None when nothing is to be sent at all."""
    late = _late.get(message.template)
    return said if late is None else late(message, said, now=now)
