"""What staff did about unclaimed property whose date has come: somebody says so, and nothing moves by it (H03, I01)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.journal import record
from accounts.models import Account, DormancyNotice
from accounts.powers import HANDLE_UNCLAIMED
from closure.dormancy import report
from closure.dormancy.jurisdictions import place_of

HANDLED = "unclaimed.handled"


class NotDue(PortalError):
    """The date has not come, its owner is back, the account is held, or somebody handled it before."""

    code = "not_due"

    def __init__(self) -> None:
        super().__init__(_("This is not due, or somebody handled it before."))


def can_handle(notice: DormancyNotice, actor: Actor, *, now: datetime) -> bool:
    """Tell whether the actor may say that it is handled, as it stands now."""
    is_offered = actor.may(HANDLE_UNCLAIMED) and actor.account_id != notice.account_id
    return is_offered and report.due(now).filter(pk=notice.pk).exists()


def handle(notice_id: UUID, *, reason: str, actor: Actor, now: datetime) -> DormancyNotice:
    """Note that compliance did what the law asks for; `reason` says what that was, and stands in the journal.

    The account stays as it is, and its date on the report, as handled. Raises NotAllowed, ReasonRequired,
    SecondPersonRequired for the own account, NotDue.
    """
    if not actor.may(HANDLE_UNCLAIMED):
        raise NotAllowed(_("Compliance says what was done about unclaimed property."))
    if not reason.strip():
        raise ReasonRequired
    owner_id = DormancyNotice.objects.filter(pk=notice_id).values_list("account_id", flat=True).first()
    if owner_id is None:
        raise NotDue
    if owner_id == actor.account_id:
        raise SecondPersonRequired
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=owner_id).first()
        # Asked behind the lock: who came back has no date any more.
        notice = report.due(now).filter(pk=notice_id).first()
        if account is None or notice is None:
            raise NotDue
        notice.handled_at, notice.handled_by = now, actor.account_id
        notice.save(update_fields=["handled_at", "handled_by"])
        data = {"on": notice.on.isoformat(), "place": place_of(account.country, account.region)}
        record(HANDLED, actor=actor, at=now, account=account, data=data, note=reason.strip())
    return notice
