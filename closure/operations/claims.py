"""Settling what arrived too late: one of staff proposes what becomes of it, a second settles (F08, L06)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import cases
from accounts.actors import Actor
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.journal import record
from accounts.models import Account
from closure.causes import is_held
from closure.enums import ClaimOutcome
from closure.models import DepositClaim
from closure.powers import SETTLE
from closure.retention.extensions import close_extension

PROPOSED, SETTLED = "claim.proposed", "claim.settled"


class UnknownClaim(PortalError):
    """There is no such claim."""

    code = "unknown_claim"

    def __init__(self) -> None:
        super().__init__(_("There is no such claim."))


class ClaimRefused(PortalError):
    """The claim does not stand as this needs it; nothing changed."""

    code = "claim_refused"


def propose_settlement(
    claim_id: UUID, outcome: ClaimOutcome, *, reason: str, actor: Actor, now: datetime
) -> DepositClaim:
    """Propose what becomes of it, in place of what was proposed before; staff who handle cases do.

    `reason` says to whom, how, and what shows that it is theirs: an erasable note. Raises NotAllowed,
    SecondPersonRequired for the owner, ReasonRequired, UnknownClaim, ClaimRefused.
    """
    cases.check_handle(actor)
    with transaction.atomic():
        account, claim = open_claim(claim_id, actor, reason)
        claim.outcome, claim.proposed_at, claim.proposed_by = outcome, now, actor.account_id
        claim.save(update_fields=["outcome", "proposed_at", "proposed_by"])
        _tell(PROPOSED, claim, account, actor=actor, reason=reason, now=now)
    return claim


def settle(claim_id: UUID, outcome: ClaimOutcome, *, reason: str, actor: Actor, now: datetime) -> DepositClaim:
    """Settle as another person proposed; the case is resolved, and the archive may end when its time comes.

    Needs a lead or compliance, and the outcome that they saw proposed. Raises as `propose_settlement`, and
    ClaimRefused while a legal or risk hold stands: nothing is paid out then.
    """
    if not actor.may(SETTLE):
        raise NotAllowed(_("A lead or compliance settles claims."))
    with transaction.atomic():
        account, claim = open_claim(claim_id, actor, reason)
        if not claim.outcome:
            raise ClaimRefused(_("Two people settle a claim: propose what becomes of it first."))
        if claim.outcome != outcome:
            raise ClaimRefused(_("Something else was proposed meanwhile. Look at it again."), code="changed_since")
        if actor.account_id == claim.proposed_by:
            raise SecondPersonRequired
        if is_held(account.pk):
            raise ClaimRefused(
                _("A legal or risk hold stands. Nothing is paid out before it is lifted."), code="on_hold"
            )
        claim.settled_at, claim.settled_by = now, actor.account_id
        claim.save(update_fields=["settled_at", "settled_by"])
        close_extension(claim.pk, now=now)
        _tell(SETTLED, claim, account, actor=actor, reason=reason, now=now)
        cases.resolve_case(claim.case_id, actor=actor, note="", now=now)
    return claim


def can_settle(actor: Actor, claim: DepositClaim) -> bool:
    """Tell whether the actor may be the second person: a lead or compliance, not the proposer, nor the owner."""
    return actor.may(SETTLE) and actor.account_id not in {claim.proposed_by, claim.account_id}


def open_claim(claim_id: UUID, actor: Actor, reason: str) -> tuple[Account, DepositClaim]:
    """Return the account and its claim, locked in this order, after asking who acts and why."""
    account_id = DepositClaim.objects.filter(pk=claim_id).values_list("account_id", flat=True).first()
    if account_id is None:
        raise UnknownClaim
    if actor.account_id == account_id:
        raise SecondPersonRequired
    if not reason.strip():
        raise ReasonRequired
    account = Account.objects.select_for_update().get(pk=account_id)
    claim = DepositClaim.objects.select_for_update().get(pk=claim_id)
    if claim.settled_at is not None:
        raise ClaimRefused(_("This claim is settled."))
    return account, claim


def _tell(action: str, claim: DepositClaim, account: Account, *, actor: Actor, reason: str, now: datetime) -> None:
    told = {"claim": str(claim.pk), "outcome": ClaimOutcome(claim.outcome).value}
    record(action, actor=actor, at=now, account=account, data=told, note=reason.strip())
