"""Lifting restrictions at the console, each step for a reason (A12, L06).

Legal and risk holds are lifted by two of compliance, what a fraud, a region or an identity stopped by one of staff.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import restrictions
from accounts.actors import Actor
from accounts.enums import TIPPING_OFF
from accounts.exceptions import PortalError, ReasonRequired
from accounts.models import Account, Restriction
from accounts.powers import LIFT, LIFT_HOLDS


class UnknownRestriction(PortalError):
    """There is no such restriction, or no account to restrict."""

    code = "unknown_restriction"


def propose(restriction_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    """Propose to lift; nothing changes yet. Raises NotAllowed, SecondPersonRequired, ReasonRequired, LiftRefused,
    UnknownRestriction; so do the others here.
    """
    return _decide(restrictions.propose_lift, restriction_id, actor=actor, reason=reason, now=now)


def confirm(restriction_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    """Lift what another person proposed to lift; what it held goes on by itself."""
    return _decide(_lift, restriction_id, actor=actor, reason=reason, now=now)


def drop(restriction_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    """Take a proposal back, one's own, somebody else's or the core's."""
    return _decide(restrictions.drop_lift, restriction_id, actor=actor, reason=reason, now=now)


def lift_alone(restriction_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    """Lift what one person lifts: a fraud alert, an unsupported region after verification, a failed verification."""
    return _decide(_lift_alone, restriction_id, actor=actor, reason=reason, now=now)


def may_lift_alone(row: Restriction, actor: Actor) -> bool:
    """Tell whether this person lifts a restriction that one person lifts and that stands; never one's own."""
    by_staff = row.kind not in TIPPING_OFF | restrictions.BY_ITSELF and row.lifted_at is None
    return by_staff and actor.may(LIFT) and actor.account_id != row.account_id


def is_open_to(row: Restriction, actor: Actor) -> bool:
    """Tell whether the actor has a say in lifting a restriction that two people lift."""
    is_theirs = actor.account_id == row.account_id
    return actor.may(LIFT_HOLDS) and row.kind in TIPPING_OFF and row.lifted_at is None and not is_theirs


def _lift(restriction_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    """Lift by two, never by one: kinds that one person lifts have a way of their own."""
    restrictions.check_for_two(restriction_id, actor)
    return restrictions.lift(restriction_id, actor=actor, reason=reason, now=now)


def _lift_alone(restriction_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    restrictions.check_for_one(restriction_id, actor)
    return restrictions.lift(restriction_id, actor=actor, reason=reason, now=now)


def _decide(
    verb: Callable[..., Restriction], restriction_id: UUID, *, actor: Actor, reason: str, now: datetime
) -> Restriction:
    if not reason.strip():
        raise ReasonRequired
    account_id = Restriction.objects.filter(pk=restriction_id).values_list("account_id", flat=True).first()
    if account_id is None:
        raise UnknownRestriction(_("There is no such restriction."))
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account_id)
        return verb(restriction_id, actor=actor, reason=reason.strip(), now=now)
