"""Legal holds: one person of compliance places one at once, a second confirms it, and two lift it (H05, A12).

A hold stands from its first moment to its last, confirmed or not. What it stops asks for it where it acts, with the
account or the purge month locked; so when it ends, everything goes on by itself.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import doubts
from accounts.actors import Actor
from accounts.doubts import Doubt
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.journal import record
from accounts.models import Account
from closure.retention.archive import lock_months
from closure.retention.enums import MonthState
from closure.retention.models import ArchiveRecord, LegalHold
from closure.retention.powers import DECIDE_HOLDS

PLACED, CONFIRMED = "legal_hold.placed", "legal_hold.confirmed"
LIFT_PROPOSED, LIFTED = "legal_hold.lift_proposed", "legal_hold.lifted"
REVIEWED = "legal_hold.reviewed"
MOST_CASE, MOST_BASIS = 64, 200


class UnknownHold(PortalError):
    """There is no such hold, or no account or record to hold."""

    code = "unknown_hold"


class HoldRefused(PortalError):
    """The hold does not stand as this needs it, or lacks what a hold says; nothing changed."""

    code = "hold_refused"


def place(
    account_id: UUID,
    *,
    case_number: str,
    basis: str,
    review_on: date,
    reason: str,
    actor: Actor,
    now: datetime,
    record_id: UUID | None = None,
) -> LegalHold:
    """Hold an account, or one sealed record of it, from now on; a second person confirms within 24 hours.

    `case_number` and `basis` name the order and the law it rests on, `review_on` the day to look at it again; `reason`
    is kept as an erasable note. Raises NotAllowed, SecondPersonRequired for the own account, ReasonRequired,
    UnknownHold, and HoldRefused, also where what should be kept is destroyed.
    """
    person = _check(actor, account_id, reason)
    case_number, basis = case_number.strip(), basis.strip()
    if not 0 < len(case_number) <= MOST_CASE or not 0 < len(basis) <= MOST_BASIS:
        raise HoldRefused(_("Give the case number and the basis: the order, and the law it rests on."))
    _check_day(review_on, now=now)
    with transaction.atomic():
        account = _lock(account_id)
        _check_left(account_id, record_id)
        hold = LegalHold.objects.create(
            account_id=account_id,
            record_id=record_id,
            case_number=case_number,
            basis=basis,
            review_on=review_on,
            placed_at=now,
            placed_by=person,
        )
        _tell(PLACED, hold, account, actor=actor, reason=reason, now=now, review_on=review_on.isoformat())
        doubts.arise(account, Doubt.LEGAL_HOLD, now=now)
    return hold


def confirm(hold_id: UUID, *, reason: str, actor: Actor, now: datetime) -> LegalHold:
    """Confirm what another person placed; raises NotAllowed, SecondPersonRequired, ReasonRequired, HoldRefused."""
    with transaction.atomic():
        account, hold = _standing(hold_id, actor, reason)
        if hold.confirmed_at is not None:
            raise HoldRefused(_("This hold is confirmed already."))
        if actor.account_id == hold.placed_by:
            raise SecondPersonRequired
        hold.confirmed_at, hold.confirmed_by = now, actor.account_id
        hold.save(update_fields=["confirmed_at", "confirmed_by"])
        _tell(CONFIRMED, hold, account, actor=actor, reason=reason, now=now)
    return hold


def review(hold_id: UUID, *, review_on: date, reason: str, actor: Actor, now: datetime) -> LegalHold:
    """Look at a hold again and let it stand, until the next day of review; one of compliance does. Raises as `confirm`.

    `reason` says what was found. The event names both days.
    """
    _check_day(review_on, now=now)
    with transaction.atomic():
        account, hold = _standing(hold_id, actor, reason)
        days = {"before": hold.review_on.isoformat(), "review_on": review_on.isoformat()}
        hold.review_on = review_on
        hold.save(update_fields=["review_on"])
        _tell(REVIEWED, hold, account, actor=actor, reason=reason, now=now, **days)
    return hold


def propose_lift(hold_id: UUID, *, reason: str, actor: Actor, now: datetime) -> LegalHold:
    """Propose to lift; the hold stands until another person does. Raises as `confirm`."""
    with transaction.atomic():
        account, hold = _standing(hold_id, actor, reason)
        if hold.lift_proposed_at is not None:
            raise HoldRefused(_("Lifting is proposed already; a second person lifts it."))
        hold.lift_proposed_at, hold.lift_proposed_by = now, actor.account_id
        hold.save(update_fields=["lift_proposed_at", "lift_proposed_by"])
        _tell(LIFT_PROPOSED, hold, account, actor=actor, reason=reason, now=now)
    return hold


def lift(hold_id: UUID, *, reason: str, actor: Actor, now: datetime) -> LegalHold:
    """Lift what another person proposed to lift; what it held goes on by itself. Raises as `confirm`."""
    with transaction.atomic():
        account, hold = _standing(hold_id, actor, reason)
        if hold.lift_proposed_at is None:
            raise HoldRefused(_("Two people lift a hold: propose it first."))
        if actor.account_id == hold.lift_proposed_by:
            raise SecondPersonRequired
        hold.lifted_at, hold.lifted_by = now, actor.account_id
        hold.save(update_fields=["lifted_at", "lifted_by"])
        _tell(LIFTED, hold, account, actor=actor, reason=reason, now=now)
    return hold


def _check(actor: Actor, account_id: UUID, reason: str) -> UUID:
    """Return who acts, after asking whether they may, and why."""
    if actor.account_id is None or not actor.may(DECIDE_HOLDS):
        raise NotAllowed(_("Compliance places, confirms and lifts legal holds."))
    if actor.account_id == account_id:
        raise SecondPersonRequired
    if not reason.strip():
        raise ReasonRequired
    return actor.account_id


def _check_day(review_on: date, *, now: datetime) -> None:
    if review_on <= now.date():
        raise HoldRefused(_("The day of review must be later than today."))


def _lock(account_id: UUID) -> Account:
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise UnknownHold(_("There is no such account."))
    return account


def _check_left(account_id: UUID, record_id: UUID | None) -> None:
    """Lock the months of what would be held, and refuse where nothing of it is left; an account may have no archive."""
    gone = {name for name, month in lock_months(account_id).items() if month.state == MonthState.DESTROYED}
    records = ArchiveRecord.objects.filter(account_id=account_id)
    if record_id:
        records = records.filter(pk=record_id)
    found = set(records.values_list("key_month", flat=True))
    if record_id and not found:
        raise UnknownHold(_("This account has no such record."))
    if found and found <= gone:
        raise HoldRefused(_("The key of what this would hold is destroyed: it is gone for good."), code="archive_gone")


def _standing(hold_id: UUID, actor: Actor, reason: str) -> tuple[Account, LegalHold]:
    """Return the account and one of its holds, locked in this order, after asking who acts and why."""
    account_id = LegalHold.objects.filter(pk=hold_id).values_list("account_id", flat=True).first()
    if account_id is None:
        raise UnknownHold(_("There is no such legal hold."))
    _check(actor, account_id, reason)
    account = _lock(account_id)
    hold = LegalHold.objects.select_for_update().get(pk=hold_id)
    if hold.lifted_at is not None:
        raise HoldRefused(_("This hold is lifted."))
    return account, hold


def _tell(
    action: str, hold: LegalHold, account: Account, *, actor: Actor, reason: str, now: datetime, **more: str
) -> None:
    data = {"hold": str(hold.pk), "record": str(hold.record_id) if hold.record_id else None, **more}
    record(action, actor=actor, at=now, account=account, data=data, note=reason.strip())
