"""A disabled account that no reactivation opens: an agent proposes to open it, on its resolved case, a lead confirms.

That is the way where the policy reactivates nobody by documents, and for who was locked out by an alarm of their own:
staff have spoken with them in the case. After a dispute of a closing two of compliance release it instead, and while a
legal or risk hold stands nobody opens anything.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts import case_desk, cases, contacts
from accounts.actors import Actor
from accounts.doubts import Doubt
from accounts.enums import AccountStatus
from accounts.exceptions import NotAllowed, PortalError
from accounts.journal import record
from accounts.models import Account, Case
from closure.exceptions import ReasonRequired, SecondPersonRequired, StaleDecision
from closure.models import Readmission
from closure.models.readmission import WAITS
from closure.powers import AS_AGENT, AS_LEAD
from closure.reactivation import admission, mails
from closure.readmission import check, check_once_resolved

SYSTEM = Actor.system("readmission")
PROPOSED, READMITTED, DROPPED = "readmission.proposed", "readmission.confirmed", "readmission.dropped"


class UnknownReadmission(PortalError):
    """There is no such proposal, or it does not wait any more."""

    code = "unknown_readmission"

    def __init__(self) -> None:
        super().__init__(_("This proposal does not wait any more. Look at the case again."))


def propose(case_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Readmission:
    """Propose to open the account of a resolved case; nothing changes yet.

    Needs an agent or a lead, and a reason. Raises NotAllowed, ReasonRequired, SecondPersonRequired for the owner,
    UnknownCase, OnAnotherDesk, TransitionRefused, and StaleDecision where somebody else proposed it meanwhile.
    """
    person = _check_person(actor, reason)
    with transaction.atomic():
        account, case = cases.lock(case_id)
        if actor.account_id == account.pk:
            raise SecondPersonRequired
        _check(account, case, actor, now)
        if waiting_of(account) is not None:
            raise StaleDecision
        row = Readmission.objects.create(account=account, case=case, proposed_at=now, proposed_by=person)
        _tell(PROPOSED, row, account, actor=actor, reason=reason, now=now)
    return row


def confirm(readmission_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Readmission:
    """Open the account as another person proposed; its owner is told. Needs a lead, and a reason.

    Raises as `propose`, SecondPersonRequired for who proposed it too, and UnknownReadmission.
    """

    def carry_out(row: Readmission, account: Account) -> None:
        if not can_confirm(row, actor):
            raise SecondPersonRequired
        _check(account, row.case, actor, now)
        row.confirmed_at, row.confirmed_by = now, actor.account_id
        row.save(update_fields=["confirmed_at", "confirmed_by"])
        said = {"reference": row.case.reference, "case": row.case.reference, "at": now}
        said |= {"held_until": admission.held_until_of(account, now=now)}
        _tell(READMITTED, row, account, actor=actor, reason=reason, now=now)
        admission.admit(account, actor=actor, reason="readmitted", now=now)
        contacts.tell(contacts.current(account), account, mails.ADMITTED, said, now=now)

    return _decide(readmission_id, carry_out, actor=actor, reason=reason)


def drop(readmission_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Readmission:
    """Take a proposal back, one's own or somebody else's: the account stays disabled. Raises as `confirm`."""

    def carry_out(row: Readmission, account: Account) -> None:
        case_desk.check_free(row.case, actor, now)
        row.dropped_at, row.dropped_by = now, actor.account_id
        row.save(update_fields=["dropped_at", "dropped_by"])
        _tell(DROPPED, row, account, actor=actor, reason=reason, now=now)

    return _decide(readmission_id, carry_out, actor=actor, reason=reason)


def fall(account_id: UUID, *, why: Doubt, now: datetime) -> None:
    """Take back what waits about a locked account because something new stands against it (closure.doubted)."""
    account = Account.objects.select_for_update().get(pk=account_id)
    row = waiting_of(account)
    if row is not None:
        row.dropped_at = now
        row.save(update_fields=["dropped_at"])
        told = {"readmission": str(row.pk), "case": row.case.reference, "why": why.value}
        record(DROPPED, actor=SYSTEM, at=now, account=account, data=told)


def may_propose(actor: Actor, case: Case) -> bool:
    """Tell whether the actor may be the first of the two, on a case that may open its account."""
    return _may_propose(actor, case, check)


def may_propose_once_resolved(actor: Actor, case: Case) -> bool:
    """Tell whether the actor may be the first of the two as soon as the case is resolved."""
    return _may_propose(actor, case, check_once_resolved)


def _may_propose(actor: Actor, case: Case, rule: Callable[[Account, Case], None]) -> bool:
    account = Account.objects.filter(pk=case.account_id).first() if case.account_id else None
    if account is None or not may_decide(actor, account.pk):
        return False
    try:
        rule(account, case)
    except PortalError:
        return False
    return waiting_of(account) is None


def may_decide(actor: Actor, account_id: UUID) -> bool:
    """Tell whether the actor has a say: staff who act as A, never about themselves."""
    return actor.may(AS_AGENT) and actor.account_id != account_id


def can_confirm(row: Readmission, actor: Actor) -> bool:
    """Tell whether the actor may be the second: a lead, neither who proposed it nor the owner."""
    return actor.may(AS_LEAD) and actor.account_id not in {row.proposed_by, row.account_id}


def waiting() -> QuerySet[Readmission]:
    """Return what waits for a second person, longest first: of accounts that are disabled still, or not yet anew."""
    still = Readmission.objects.filter(WAITS, account__status=AccountStatus.DISABLED)
    return still.filter(proposed_at__gte=F("account__status_changed_at")).order_by("proposed_at", "id")


def waits(row: Readmission) -> bool:
    """Tell whether a proposal waits, by its row and the one of its account (`waiting`, in Python)."""
    is_open = row.confirmed_at is None and row.dropped_at is None
    account = row.account
    return is_open and account.status == AccountStatus.DISABLED and row.proposed_at >= account.status_changed_at


def waiting_of(account: Account) -> Readmission | None:
    """Return the proposal that waits about an account, made since it was disabled last."""
    return waiting().filter(account=account).select_related("case").first()


def _check_person(actor: Actor, reason: str) -> UUID:
    """Return who acts, after asking whether they may, and why."""
    if actor.account_id is None or not actor.may(AS_AGENT):
        raise NotAllowed(_("Your role does not open accounts again."))
    if not reason.strip():
        raise ReasonRequired
    return actor.account_id


def _check(account: Account, case: Case, actor: Actor, now: datetime) -> None:
    check(account, case)
    case_desk.check_free(case, actor, now)


def _decide(
    readmission_id: UUID, carry_out: Callable[[Readmission, Account], None], *, actor: Actor, reason: str
) -> Readmission:
    _check_person(actor, reason)
    owner = Readmission.objects.filter(pk=readmission_id).values_list("account_id", flat=True).first()
    if owner is None:
        raise UnknownReadmission
    if owner == actor.account_id:
        raise SecondPersonRequired
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=owner)
        row = waiting_of(account)
        if row is None or row.pk != readmission_id:
            raise UnknownReadmission
        row.case = Case.objects.select_for_update().get(pk=row.case_id)
        carry_out(row, account)
    return row


def _tell(action: str, row: Readmission, account: Account, *, actor: Actor, reason: str, now: datetime) -> None:
    told = {"readmission": str(row.pk), "case": row.case.reference}
    if action != PROPOSED:
        told["proposed_by"] = f"staff:{row.proposed_by}"
    record(action, actor=actor, at=now, account=account, data=told, note=reason.strip())
