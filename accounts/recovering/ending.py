"""What ends a recovery: its owner, time, what staff learn, or that what is said to be lost was used (J04).

A factor that gives a right answer is not lost. Whoever asked may be somebody else, so every contact is told.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from accounts.enums import ActorKind, CaseState, FactorKind, RecoveryAction, RecoveryState
from accounts.models import Account, FactorRecovery
from accounts.models.factor_recovery import OPEN
from accounts.recovering import caution, lifecycle, notices

GUARD = Actor.system("recovery")
WITHDRAWN, USED, IDLE, ACCOUNT, CASE = "withdrawn", "factor_used", "idle", "account", "case_over"
STOPPED, REPORTED, HELD, STAFF = "stopped", "reported", "held", "staff"


def withdraw(recovery_id: UUID, *, actor: Actor, now: datetime) -> FactorRecovery:
    """End a recovery for its owner, signed in or in the session of a link; raises UnknownRecovery, RecoveryRefused."""
    with transaction.atomic():
        account, row = lifecycle.lock(recovery_id)
        if actor.kind not in {ActorKind.CUSTOMER, ActorKind.STATUS_SESSION} or actor.account_id != account.pk:
            raise lifecycle.UnknownRecovery
        return end(row, account, why=WITHDRAWN, actor=actor, now=now)


def end(
    row: FactorRecovery, account: Account, *, why: str, actor: Actor, note: str = "", now: datetime
) -> FactorRecovery:
    """End a locked recovery and say so; one that nobody was told of ends without a word."""
    known = row.state != RecoveryState.DRAFT
    told = {"why": why}
    lifecycle.apply(
        row, RecoveryAction.END, actor=actor, now=now, account=account, note=note, end_reason=why, told=told
    )
    if known:
        notices.tell_word(row, account, now=now)
    return row


def end_open(account: Account, *, why: str, actor: Actor, now: datetime) -> None:
    """End the recovery of an account that is open, if one is; the account is locked by the caller."""
    mine = FactorRecovery.objects.select_for_update(of=("self",)).select_related("case")
    row = mine.filter(account=account, state__in=OPEN).first()
    if row is not None:
        end(row, account, why=why, actor=actor, now=now)


def obstacle(row: FactorRecovery, account: Account) -> str:
    """Return why a locked recovery must not go on to its end, as a code; empty where nothing is against it."""
    if not account.is_active:
        return ACCOUNT
    if row.case.state == CaseState.RESOLVED:
        return CASE
    return HELD if caution.is_due(account) else ""


def factor_used(account_id: UUID, kinds: Collection[FactorKind], *, now: datetime) -> None:
    """End a recovery of a factor that was just given, in the caller's transaction, which has the account locked."""
    row = lifecycle.open_of(account_id)
    if row is None or not set(row.lost) & {kind.value for kind in kinds}:
        return
    locked = FactorRecovery.objects.select_for_update(of=("self",)).select_related("case", "account").get(pk=row.pk)
    if not locked.is_open:
        return
    told = {"why": USED}
    # The caller goes on with the account it has read, so the event stands beside that account's row of events.
    lifecycle.apply(locked, RecoveryAction.END, actor=GUARD, now=now, account=None, end_reason=USED, told=told)
    notices.tell_word(locked, locked.account, now=now)
