"""Messages that could not be delivered: staff see them, and may try again while their contents are kept (72 hours)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import cases
from accounts.actors import Actor
from accounts.enums import Delivery
from accounts.exceptions import PortalError
from accounts.journal import record
from accounts.messages import wake
from accounts.models import OutboxMessage

KEPT = timedelta(hours=72)
REQUEUED = "message.requeued"


class CannotRequeue(PortalError):
    """There is no such message, it did not fail, or its contents are gone."""

    code = "cannot_requeue"

    def __init__(self) -> None:
        super().__init__(_("This message cannot be sent again: its contents are no longer kept."))


class ReasonMissing(PortalError):
    """Staff say why."""

    code = "reason_required"

    def __init__(self) -> None:
        super().__init__(_("Say why."))


def failed() -> QuerySet[OutboxMessage]:
    """Return what could not be delivered."""
    return OutboxMessage.objects.filter(state=Delivery.FAILED)


def can_requeue(message: OutboxMessage) -> bool:
    """Tell whether a message may be tried again."""
    return message.state == Delivery.FAILED and message.payload is not None


def requeue(message_id: UUID, *, actor: Actor, reason: str, now: datetime) -> OutboxMessage:
    """Have a failed message tried again, from the first attempt; raises NotAllowed, ReasonMissing, CannotRequeue."""
    cases.check_handle(actor)
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        kept = failed().filter(pk=message_id, payload__isnull=False)
        if kept.update(state=Delivery.QUEUED, attempts=0, due_at=now, finished_at=None, last_error="") != 1:
            raise CannotRequeue
        message = OutboxMessage.objects.get(pk=message_id)
        data = {"message": str(message.pk), "template": message.template}
        record(REQUEUED, actor=actor, at=now, account_id=message.account_id, data=data, note=reason.strip())
        wake.hint()
    return message


def wipe_old(*, now: datetime) -> int:
    """Wipe the contents of what failed 72 hours ago; return how many."""
    over = failed().filter(payload__isnull=False, finished_at__lte=now - KEPT)
    return over.update(payload=None)
