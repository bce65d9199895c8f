"""What the owner of a reactivation was told of it: the messages, each readable for a reason (H07)."""

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import OutboxMessage
from closure.admin.told import MessageReading, Told, listed
from closure.models import Reactivation

NAMES: dict[str, str | Promise] = {
    "reactivation_started": gettext_lazy("Begun"),
    "reactivation_submitted": gettext_lazy("Handed in"),
    "reactivation_asked": gettext_lazy("Asked for better photos"),
    "reactivation_approved": gettext_lazy("Approved"),
    "reactivation_refused": gettext_lazy("Refused"),
    "reactivation_withdrawn": gettext_lazy("Withdrawn"),
}


def messages_of(row: Reactivation) -> list[Told]:
    """Return what its owner was told of it, oldest first."""
    return listed(_rows(row), NAMES)


def _rows(row: Reactivation) -> QuerySet[OutboxMessage]:
    told = OutboxMessage.objects.filter(account_id=row.account_id, template__in=NAMES, created_at__gte=row.created_at)
    later = Reactivation.objects.filter(account_id=row.account_id, created_at__gt=row.created_at)
    until = later.order_by("created_at").values_list("created_at", flat=True).first()
    return told if until is None else told.filter(created_at__lt=until)


class ReactivationTold(MessageReading[Reactivation]):
    """Messages about a reactivation."""

    names = NAMES

    def messages_about(self, row: Reactivation) -> QuerySet[OutboxMessage]:
        """Return what its owner was told until another one began."""
        return _rows(row)
