"""What customers were told, for staff who say why they look: the words as they were sent, sealed, for a time (H07).

Most messages leave nothing behind. Higher floors name those whose words are kept; links that were put in on sending
and the customer's anti-phishing words are never among them.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import cases
from accounts.actors import Actor
from accounts.enums import Delivery, MessageChannel
from accounts.exceptions import PortalError, ReasonRequired
from accounts.journal import record
from accounts.messages import payload
from accounts.messages.payload import Payload
from accounts.messages.render import ANTI_PHISHING, Rendered, render
from accounts.models import OutboxMessage

# A request freezes an account for 30 days at most; a complaint about it comes in the month after.
KEPT = timedelta(days=60)
READ = "message.read"
HIDDEN = "…"
_kept: set[str] = set()


class NotKept(PortalError):
    """There is no such message, or its words are not kept, or not any more."""

    code = "message_not_kept"

    def __init__(self) -> None:
        super().__init__(_("The words of this message are not kept, or not any more."))


def plug(templates: Iterable[str]) -> None:
    """Keep the words of messages of these templates."""
    _kept.update(templates)


def box(message: OutboxMessage, said: Payload, sent: Payload) -> bytes | None:
    """Return the words of a message, sealed; None where they are not kept. `said` is what was queued of `sent`."""
    if message.template not in _kept:
        return None
    facts = {name: value if name in said.context else HIDDEN for name, value in sent.context.items()}
    facts.pop(ANTI_PHISHING, None)
    channel = MessageChannel(message.channel)
    words = render(message.template, channel=channel, language=sent.language, context=facts)
    texts = {"subject": words.subject, "text": words.text}
    return payload.close(Payload(to=sent.to, language=sent.language, context=texts), message.pk)


def is_kept(message: OutboxMessage) -> bool:
    """Tell whether the words of a message that was sent can be read."""
    return message.state == Delivery.SENT and message.payload is not None


def read(message_id: UUID, *, actor: Actor, reason: str, now: datetime) -> tuple[str, Rendered]:
    """Return language and words of a message as it was sent, for staff who say why, which is journaled.

    Raises NotAllowed, ReasonRequired, NotKept, Unreadable.
    """
    cases.check_handle(actor)
    if not reason.strip():
        raise ReasonRequired
    message = OutboxMessage.objects.filter(pk=message_id).first()
    if message is None or not is_kept(message):
        raise NotKept
    told = payload.unseal(bytes(message.payload or b""), message.pk)
    with transaction.atomic():
        data = {"message": str(message.pk), "template": message.template}
        record(READ, actor=actor, at=now, account_id=message.account_id, data=data, note=reason.strip())
    return told.language, Rendered(subject=told.context["subject"], text=told.context["text"], html="")


def wipe_old(*, now: datetime) -> int:
    """Wipe the words of what was sent KEPT ago; return how many."""
    over = OutboxMessage.objects.filter(state=Delivery.SENT, payload__isnull=False, finished_at__lte=now - KEPT)
    return over.update(payload=None)
