"""The one writer of FactorRecovery.state: the table asked, the row compared and set, the event written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import FactorKind, MessageChannel, RecoveryAction, RecoveryState
from accounts.exceptions import PortalError
from accounts.journal import record
from accounts.models import Account, Case, FactorRecovery
from accounts.models.factor_recovery import OPEN
from accounts.recovering.table import TRANSITIONS


class UnknownRecovery(PortalError):
    """There is no such recovery, or it is somebody else's."""

    code = "unknown_recovery"

    def __init__(self) -> None:
        super().__init__(_("There is no such recovery."))


class RecoveryRefused(PortalError):
    """A recovery does not go that way, or moved meanwhile."""

    code = "recovery_refused"

    def __init__(self, message: str = "", *, code: str | None = None) -> None:
        super().__init__(message or _("This recovery has moved on. Look at it again."), code=code)


def lock(recovery_id: UUID) -> tuple[Account, FactorRecovery]:
    """Lock the account, then the recovery, in the caller's transaction; raises UnknownRecovery."""
    owner_id = FactorRecovery.objects.filter(pk=recovery_id).values_list("account_id", flat=True).first()
    if owner_id is None:
        raise UnknownRecovery
    account = Account.objects.select_for_update().get(pk=owner_id)
    rows = FactorRecovery.objects.select_for_update(of=("self",)).select_related("case")
    row = rows.filter(pk=recovery_id).first()
    if row is None:
        raise UnknownRecovery
    return account, row


def open_of(account_id: UUID) -> FactorRecovery | None:
    """Return the recovery of an account that is open, None where there is none."""
    return FactorRecovery.objects.filter(account_id=account_id, state__in=OPEN).select_related("case").first()


def start(
    account: Account,
    case: Case,
    *,
    carried_by: MessageChannel,
    given: FactorKind | None,
    lost: list[str],
    actor: Actor,
    now: datetime,
) -> FactorRecovery:
    """Write a new draft, with the account locked; raises RecoveryRefused while another is open.

    `given` is what was proven beside the link that `carried_by` brought; None where documents stand for it.
    """
    if open_of(account.pk) is not None:
        raise RecoveryRefused(_("A recovery is under way already."), code="recovery_open")
    row = FactorRecovery.objects.create(
        account=account,
        case=case,
        state=RecoveryState.DRAFT,
        carried_by=carried_by,
        given=given.value if given else "",
        lost=lost,
        created_at=now,
        touched_at=now,
    )
    told = {
        "recovery": str(row.pk),
        "case": case.reference,
        "lost": lost,
        "channel": carried_by.value,
        "given": row.given,
    }
    record("recovery.start", actor=actor, at=now, account=account, data=told)
    return row


def apply(
    row: FactorRecovery,
    action: RecoveryAction,
    *,
    actor: Actor,
    now: datetime,
    account: Account | None,
    note: str = "",
    told: Mapping[str, Any] | None = None,
    **columns: Any,
) -> FactorRecovery:
    """Move a locked recovery and journal it; raises RecoveryRefused.

    `account` is the locked account whose journal goes on; None where the caller goes on with an account of its own.
    """
    move = TRANSITIONS[action]
    came_from = RecoveryState(row.state)
    if came_from not in move.sources:
        raise RecoveryRefused
    to = move.target or came_from
    if move.drops:
        columns |= {"proposed_at": None, "proposed_by": None}
    if to not in OPEN:
        columns["ended_at"] = now
    columns |= {"state": to, "version": row.version + 1, "touched_at": now}
    if not FactorRecovery.objects.filter(pk=row.pk, version=row.version, state=came_from).update(**columns):
        raise RecoveryRefused
    for name, value in columns.items():
        setattr(row, name, value)
    data = {"recovery": str(row.pk), "from": came_from.value, "to": RecoveryState(to).value, **(told or {})}
    about = {"account": account} if account is not None else {"account_id": row.account_id}
    record(f"recovery.{action.value}", actor=actor, at=now, data=data, note=note.strip() or None, **about)
    return row
