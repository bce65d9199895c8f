"""What becomes of a recovery: its owner sends it, one of staff proposes it, a lead who is somebody else confirms (L04).

Both have looked at every photo, each with a reason in the journal. From the confirmation on every contact is told, and
nothing changes for DELAY.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import case_claiming, case_desk
from accounts.actors import Actor
from accounts.enums import ActorKind, RecoveryAction, RecoveryRule, RecoveryState
from accounts.exceptions import NotAllowed, ReasonRequired, SecondPersonRequired
from accounts.models import Account, FactorRecovery
from accounts.powers import CONFIRM_RECOVERY, CONFIRM_UNNAMED, REVIEW_RECOVERY, Power
from accounts.recovering import caution, contact, ending, lifecycle, notices, papers
from accounts.recovering.lifecycle import RecoveryRefused, UnknownRecovery
from accounts.recovering.table import DELAY

A = RecoveryAction


def submit(recovery_id: UUID, *, actor: Actor, now: datetime) -> FactorRecovery:
    """Send it to staff, for the owner in the session of a link; every contact is told at once.

    Raises UnknownRecovery, RecoveryRefused: also where a photo or the new contact's code is missing.
    """
    with transaction.atomic():
        account, row = lifecycle.lock(recovery_id)
        if actor.kind is not ActorKind.STATUS_SESSION or actor.account_id != account.pk or not account.is_active:
            raise UnknownRecovery
        if contact.is_missing(row) or papers.missing(row.case):
            raise RecoveryRefused(_("Something is missing still."), code="incomplete")
        lifecycle.apply(row, A.SUBMIT, actor=actor, now=now, account=account, submitted_at=now, broken=[])
        notices.tell(row, account, now=now)
    return row


def propose(recovery_id: UUID, *, actor: Actor, reason: str, now: datetime) -> FactorRecovery:
    """Propose to recover; nothing changes yet. Raises NotAllowed, ReasonRequired, SecondPersonRequired,
    RecoveryRefused, UnknownRecovery, OnAnotherDesk; so do the others here.
    """
    with transaction.atomic():
        account, row = _lock(recovery_id, REVIEW_RECOVERY, actor=actor, reason=reason, now=now)
        if row.proposed_by is not None:
            raise RecoveryRefused(_("It is proposed already. A lead confirms it."))
        if caution.is_due(account):
            raise RecoveryRefused(_("A fraud alert or a hold stands on this account. It is settled first."))
        _check_seen(row, actor)
        by: dict[str, Any] = {"proposed_by": actor.account_id, "proposed_at": now}
        lifecycle.apply(row, A.PROPOSE, actor=actor, now=now, account=account, note=reason, **by)
        case_claiming.clear(row.case)
    return row


def confirm(recovery_id: UUID, *, actor: Actor, reason: str, now: datetime) -> FactorRecovery:
    """Confirm what another person proposed: it takes effect after DELAY, and every contact is told now.

    Against a fraud alert or a hold that came meanwhile it ends instead, which is refused in words after it is kept.
    """
    row = _confirm(recovery_id, actor=actor, reason=reason, now=now)
    if not row.is_open:
        raise RecoveryRefused(_("A fraud alert or a hold stands on this account, so the recovery has ended."))
    return row


def _confirm(recovery_id: UUID, *, actor: Actor, reason: str, now: datetime) -> FactorRecovery:
    with transaction.atomic():
        account, row = _lock(recovery_id, CONFIRM_RECOVERY, CONFIRM_UNNAMED, actor=actor, reason=reason, now=now)
        if not actor.may(confirms(account)):
            raise NotAllowed(_("Your role does not confirm this recovery."))
        if row.proposed_by is None or row.proposed_by == actor.account_id:
            raise SecondPersonRequired
        if not account.is_active:
            raise RecoveryRefused(_("Nobody can sign in to this account, so nothing is recovered."))
        if caution.is_due(account):
            return ending.end(row, account, why=ending.HELD, actor=actor, note=reason, now=now)
        _check_seen(row, actor)
        by: dict[str, Any] = {"confirmed_by": actor.account_id, "confirmed_at": now, "due_at": now + DELAY}
        told = {"due": (now + DELAY).isoformat()}
        lifecycle.apply(row, A.CONFIRM, actor=actor, now=now, account=account, note=reason, told=told, **by)
        notices.tell(row, account, now=now)
        case_claiming.clear(row.case)
    return row


def ask(
    recovery_id: UUID, *, broken: Collection[RecoveryRule], actor: Actor, reason: str, now: datetime
) -> FactorRecovery:
    """Ask for better photos and say which rules these break; a proposal is dropped."""
    return _turn_down(recovery_id, A.ASK, broken=broken, actor=actor, reason=reason, now=now)


def refuse(
    recovery_id: UUID, *, broken: Collection[RecoveryRule], actor: Actor, reason: str, now: datetime
) -> FactorRecovery:
    """Refuse it, with the rules that it breaks; its owner can begin another one at once."""
    return _turn_down(recovery_id, A.REFUSE, broken=broken, actor=actor, reason=reason, now=now)


def stop(recovery_id: UUID, *, actor: Actor, reason: str, now: datetime) -> FactorRecovery:
    """End it as long as it is open, confirmed or not: one person is enough, and nobody's desk is in the way.

    Raises NotAllowed, ReasonRequired, SecondPersonRequired, RecoveryRefused, UnknownRecovery.
    """
    with transaction.atomic():
        account, row = _lock_own(recovery_id, REVIEW_RECOVERY, actor=actor, reason=reason)
        row = ending.end(row, account, why=ending.STAFF, actor=actor, note=reason, now=now)
        case_claiming.clear(row.case)
    return row


def may_stop(row: FactorRecovery, actor: Actor) -> bool:
    """Tell whether this person may end it."""
    return row.is_open and actor.may(REVIEW_RECOVERY) and actor.account_id != row.account_id


def may_propose(row: FactorRecovery, actor: Actor) -> bool:
    """Tell whether this person may propose it now."""
    return is_open_to(row, actor) and row.proposed_by is None


def may_confirm(row: FactorRecovery, actor: Actor) -> bool:
    """Tell whether this person may be the second, who is neither who proposed it nor the owner."""
    others = row.state == RecoveryState.SUBMITTED and row.proposed_by not in {None, actor.account_id}
    return others and actor.account_id != row.account_id and actor.may(confirms(row.account))


def confirms(account: Account) -> Power:
    """Return what the second person needs: a lead's, or compliance's where nothing on file can be compared with."""
    return CONFIRM_RECOVERY if account.name.strip() else CONFIRM_UNNAMED


def is_open_to(row: FactorRecovery, actor: Actor) -> bool:
    """Tell whether the actor may propose, refuse, or ask for better photos."""
    waits = row.state == RecoveryState.SUBMITTED
    return waits and actor.may(REVIEW_RECOVERY) and actor.account_id != row.account_id


def _turn_down(
    recovery_id: UUID,
    action: RecoveryAction,
    *,
    broken: Collection[RecoveryRule],
    actor: Actor,
    reason: str,
    now: datetime,
) -> FactorRecovery:
    rules = [rule.value for rule in RecoveryRule if rule in set(broken)]
    if not rules:
        raise RecoveryRefused(_("Choose at least one rule."), code="rule_required")
    with transaction.atomic():
        account, row = _lock(recovery_id, REVIEW_RECOVERY, actor=actor, reason=reason, now=now)
        told = {"broken": rules}
        lifecycle.apply(row, action, actor=actor, now=now, account=account, note=reason, told=told, broken=rules)
        notices.tell_word(row, account, now=now)
        case_claiming.clear(row.case)
    return row


def _lock(
    recovery_id: UUID, *powers: Power, actor: Actor, reason: str, now: datetime
) -> tuple[Account, FactorRecovery]:
    account, row = _lock_own(recovery_id, *powers, actor=actor, reason=reason)
    if row.state != RecoveryState.SUBMITTED:
        raise RecoveryRefused
    case_desk.check_free(row.case, actor, now)
    return account, row


def _lock_own(recovery_id: UUID, *powers: Power, actor: Actor, reason: str) -> tuple[Account, FactorRecovery]:
    """Return both, locked, for who has one of these powers, decides about somebody else, and says why."""
    if not any(actor.may(power) for power in powers):
        raise NotAllowed(_("Your role does not decide about this recovery."))
    if not reason.strip():
        raise ReasonRequired
    account, row = lifecycle.lock(recovery_id)
    if actor.account_id == account.pk:
        raise SecondPersonRequired
    return account, row


def _check_seen(row: FactorRecovery, actor: Actor) -> None:
    if papers.missing(row.case) or not papers.are_seen(row.case, actor):
        raise RecoveryRefused(_("Look at every photo of the case first."), code="not_looked")
