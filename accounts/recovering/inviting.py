"""Staff let documents stand for the proof, in a case: one proposes, a lead who is somebody else confirms (J04, L06).

It opens a door to whoever holds the mailbox, so every contact is told, with a link that ends it and locks the account.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import case_claiming, case_desk, cases, identity_check
from accounts.actors import Actor
from accounts.enums import AccountStatus, CaseKind, CaseState, InvitationCause, InvitedTo
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.journal import record
from accounts.models import Account, Case, RecoveryInvitation
from accounts.powers import CONFIRM_RECOVERY, REVIEW_RECOVERY, Power
from accounts.recovering import caution, invitation_notice, invitations, lifecycle

PROPOSED, CONFIRMED = "invitation.proposed", "invitation.confirmed"
# In which somebody writes who cannot get in.
KINDS = frozenset({CaseKind.LOST_FACTOR, CaseKind.SUSPICIOUS_SIGN_IN, CaseKind.OTHER})
STAFF = "staff"


class InvitationRefused(PortalError):
    """Documents cannot stand for the proof here, as things are; the words say why."""

    code = "invitation_refused"


def propose(case_id: UUID, *, actor: Actor, reason: str, now: datetime) -> RecoveryInvitation:
    """Propose that documents stand for the proof of the account of a case; nothing is open yet.

    Raises NotAllowed, ReasonRequired, SecondPersonRequired for the own account, UnknownCase, OnAnotherDesk,
    InvitationRefused.
    """
    with transaction.atomic():
        account, case = _lock(case_id, REVIEW_RECOVERY, actor=actor, reason=reason, now=now)
        opens = check(account, case)
        _clear_over(account, now=now)
        if invitations.open_of(account.pk) is not None:
            raise InvitationRefused(_("It is proposed, or documents stand for the proof already."))
        row = RecoveryInvitation.objects.create(
            account=account,
            opens=opens,
            cause=InvitationCause.STAFF,
            case=case,
            created_at=now,
            proposed_at=now,
            proposed_by=actor.account_id,
        )
        told = {"invitation": str(row.pk), "case": case.reference, "opens": opens.value}
        record(PROPOSED, actor=actor, at=now, account=account, data=told, note=reason.strip())
        case_claiming.clear(case)
    return row


def confirm(case_id: UUID, *, proposal_id: UUID, actor: Actor, reason: str, now: datetime) -> RecoveryInvitation:
    """Confirm what another person proposed: from now on it counts, and every contact is told. Raises as `propose`.

    `proposal_id` is the one that was seen: who meant to propose it themselves confirms nothing.
    """
    with transaction.atomic():
        account, case = _lock(case_id, CONFIRM_RECOVERY, actor=actor, reason=reason, now=now)
        row = proposal(case)
        if row is None or row.pk != proposal_id:
            raise InvitationRefused(_("This proposal does not wait any more. Look at the case again."))
        if row.proposed_by == actor.account_id:
            raise SecondPersonRequired
        if check(account, case) is not InvitedTo(row.opens):
            raise InvitationRefused(_("The account was opened or disabled meanwhile. Propose it again."))
        row.confirmed_at, row.confirmed_by = now, actor.account_id
        row.expires_at = now + invitations.BY_STAFF
        row.save(update_fields=["confirmed_at", "confirmed_by", "expires_at"])
        told = {"invitation": str(row.pk), "case": case.reference, "until": row.expires_at.isoformat()}
        record(CONFIRMED, actor=actor, at=now, account=account, data=told, note=reason.strip())
        invitation_notice.tell(row, account, now=now)
        case_claiming.clear(case)
    return row


def withdraw(case_id: UUID, *, actor: Actor, reason: str, now: datetime) -> None:
    """End what is proposed or stands for the account of a case; one person is enough. Raises as `propose`."""
    with transaction.atomic():
        account, _case = _lock(case_id, REVIEW_RECOVERY, actor=actor, reason=reason)
        if not invitations.end_open(account, why=STAFF, actor=actor, note=reason, now=now):
            raise InvitationRefused(_("There is nothing to end."))


def proposal(case: Case) -> RecoveryInvitation | None:
    """Return what waits for a second person in a case."""
    return RecoveryInvitation.objects.filter(case=case, ended_at=None, confirmed_at=None).first()


def may_go_on(actor: Actor, case: Case, found: RecoveryInvitation | None) -> bool:
    """Tell whether the actor may be the next of the two in a case; `found` is what is open for its account."""
    if case.account_id is None or actor.account_id == case.account_id:
        return False
    if found is None and not actor.may(REVIEW_RECOVERY):
        return False
    waits = found is not None and found.case_id == case.pk and found.confirmed_at is None
    if found is not None and not (waits and found.proposed_by != actor.account_id and actor.may(CONFIRM_RECOVERY)):
        return False
    account = Account.objects.filter(pk=case.account_id).first()
    try:
        return account is not None and bool(check(account, case))
    except InvitationRefused:
        return False


def check(account: Account, case: Case) -> InvitedTo:
    """Return what documents would open, as things are; raises InvitationRefused."""
    if case.kind not in KINDS or case.state == CaseState.RESOLVED or identity_check.has_opened(case):
        raise InvitationRefused(_("This is done in an open case of somebody who cannot get in."))
    if account.is_staff or not (account.is_active or account.status == AccountStatus.DISABLED):
        raise InvitationRefused(_("Nothing of this account is recovered or reactivated now."))
    if caution.is_due(account):
        raise InvitationRefused(_("A fraud alert or a hold stands on this account. It is settled first."))
    if lifecycle.open_of(account.pk) is not None:
        raise InvitationRefused(_("A recovery is under way already."))
    return InvitedTo.RECOVER if account.is_active else InvitedTo.REACTIVATE


def _clear_over(account: Account, *, now: datetime) -> None:
    row = invitations.open_of(account.pk)
    if row is not None and row.expires_at is not None and row.expires_at <= now:
        invitations.end_open(account, why=invitations.EXPIRED, actor=invitations.SYSTEM, now=now)


def _lock(
    case_id: UUID, power: Power, *, actor: Actor, reason: str, now: datetime | None = None
) -> tuple[Account, Case]:
    """Return both, locked, the account first; the desk is asked for where `now` is given."""
    if not actor.may(power):
        raise NotAllowed(_("Your role does not decide about this."))
    if not reason.strip():
        raise ReasonRequired
    account, case = cases.lock(case_id)
    if actor.account_id == account.pk:
        raise SecondPersonRequired
    if now is not None:
        case_desk.check_free(case, actor, now)
    return account, case
