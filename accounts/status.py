"""The one writer of Account.status."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import at_core
from accounts.actors import Actor
from accounts.enums import AccountStatus, Action
from accounts.exceptions import PortalError
from accounts.journal import Entry, record, record_many
from accounts.models import OPEN_FOR_SIGN_IN, Account, DormancyNotice, Event, Session

S = AccountStatus

# Which way an account may move (docs/lifecycle.md, "Account"). `closed` is absorbing (invariant 8).
MOVES: dict[AccountStatus, frozenset[AccountStatus]] = {
    S.ACTIVE: frozenset({S.INACTIVE, S.DISABLED, S.FROZEN}),
    S.INACTIVE: frozenset({S.ACTIVE, S.DORMANT, S.DISABLED, S.FROZEN}),
    S.DORMANT: frozenset({S.ACTIVE, S.DISABLED, S.FROZEN}),
    S.DISABLED: frozenset({S.ACTIVE}),
    S.FROZEN: frozenset({S.ACTIVE, S.DISABLED, S.CLOSED}),
    S.CLOSED: frozenset(),
}


class StatusRefused(PortalError):
    """The account cannot move that way."""

    code = "status_refused"


def change_status(account: Account, to: AccountStatus, *, actor: Actor, reason: str, now: datetime) -> Event:
    """Move a locked account to `to`, journal it, and end its sessions when sign-in closes (invariants 3, 5, 6).

    One that is disabled is shut at the core too: wanted here, whoever disables it, and done after the transaction.
    `account` must be locked by the caller's transaction; `reason` is a code. Raises StatusRefused for a move that
    is not in MOVES or when the row moved meanwhile.
    """
    came_from = AccountStatus(account.status)
    if to not in MOVES[came_from]:
        raise StatusRefused(f"An account cannot move from {came_from} to {to}.")
    closes_sign_in = came_from in OPEN_FOR_SIGN_IN and to not in OPEN_FOR_SIGN_IN
    epoch = account.session_epoch + (1 if closes_sign_in else 0)
    moved = Account.objects.filter(pk=account.pk, status=came_from).update(
        status=to, status_changed_at=now, session_epoch=epoch
    )
    if moved != 1:
        raise StatusRefused("The account moved meanwhile; try again.")
    account.status, account.status_changed_at, account.session_epoch = to, now, epoch
    _forget_notices([account.pk], to)
    if closes_sign_in:
        Session.objects.filter(account_id=account.pk).delete()
    told = {"from": came_from.value, "to": to.value, "reason": reason}
    event = record(Action.STATUS_CHANGED, actor=actor, at=now, account=account, data=told)
    if to is AccountStatus.DISABLED:
        at_core.shut(account, cause=event.pk, now=now)
    return event


def change_status_many(
    accounts: Sequence[Account],
    to: AccountStatus,
    *,
    actor: Actor,
    reason: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> list[Event]:
    """Move locked accounts that all stand in one status, set-based: the batch form of `change_status`.

    Raises StatusRefused, changing nothing the caller's transaction keeps, when the move is not in MOVES, the accounts
    stand in different statuses, or one of them moved meanwhile.
    """
    if not accounts:
        return []
    came_from = AccountStatus(accounts[0].status)
    if to not in MOVES[came_from]:
        raise StatusRefused(f"An account cannot move from {came_from} to {to}.")
    if came_from in OPEN_FOR_SIGN_IN and to not in OPEN_FOR_SIGN_IN:
        raise StatusRefused("Sessions end one account at a time: use change_status to close sign-in.")
    if to is AccountStatus.DISABLED:
        raise StatusRefused("The core is told of one account at a time: use change_status to disable.")
    keys = [account.pk for account in accounts]
    moved = Account.objects.filter(pk__in=keys, status=came_from).update(status=to, status_changed_at=now)
    if moved != len(keys):
        raise StatusRefused("An account moved meanwhile; try again.")
    _forget_notices(keys, to)
    for account in accounts:
        account.status, account.status_changed_at = to, now
    data = {"from": came_from.value, "to": to.value, "reason": reason, **(facts or {})}
    entries = [Entry(action=Action.STATUS_CHANGED, account=account, data=data) for account in accounts]
    return record_many(entries, actor=actor, at=now)


def _forget_notices(keys: Sequence[UUID], to: AccountStatus) -> None:
    """Who is active again was told of a date that does not come: what follows is announced anew (I06)."""
    if to is AccountStatus.ACTIVE:
        DormancyNotice.objects.filter(account_id__in=keys).delete()
