"""Placing restrictions at the console: at once, by one person in the role that may (A12, L06).

A legal or risk hold is confirmed by a second of compliance within a day; else it stays, and compliance is called.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import overdue, restrictions
from accounts.actors import Actor
from accounts.enums import TIPPING_OFF, Action, RestrictionKind
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.lifting import UnknownRestriction
from accounts.models import Account, Restriction
from accounts.powers import LIFT, LIFT_HOLDS

CONFIRM_WITHIN = timedelta(hours=24)


class PlaceRefused(PortalError):
    """The restriction stands already, is confirmed, or waits for nobody; nothing changed."""

    code = "place_refused"


def placeable(actor: Actor) -> list[RestrictionKind]:
    """Return the kinds that this person places: who lifts a kind places it, and nobody what settlement lifts."""
    kinds = (kind for kind in RestrictionKind if kind not in restrictions.BY_ITSELF)
    return [kind for kind in kinds if actor.may(LIFT_HOLDS if kind in TIPPING_OFF else LIFT)]


def place(account_id: UUID, kind: RestrictionKind, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    """Restrict an account from now on, for a reason that staff alone read.

    Raises NotAllowed, ReasonRequired, SecondPersonRequired for the own account, UnknownRestriction where there is no
    such customer, PlaceRefused where it stands already.
    """
    if kind not in placeable(actor):
        raise NotAllowed(_("Your role does not place this restriction."))
    if actor.account_id == account_id:
        raise SecondPersonRequired
    if not reason.strip():
        raise ReasonRequired
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=account_id, is_staff=False).first()
        if account is None:
            raise UnknownRestriction(_("There is no such account."))
        if Restriction.objects.filter(account=account, kind=kind, lifted_at=None).exists():
            raise PlaceRefused(_("This restriction stands already."))
        return restrictions.place(account, kind, actor=actor, note=reason.strip(), now=now)


def confirm(restriction_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    """Confirm a hold that another person placed.

    Raises NotAllowed, ReasonRequired, SecondPersonRequired for who placed it and the owner, UnknownRestriction,
    PlaceRefused where it waits for nobody.
    """
    if not actor.may(LIFT_HOLDS):
        raise NotAllowed(_("Compliance confirms this restriction."))
    if not reason.strip():
        raise ReasonRequired
    owner_id = Restriction.objects.filter(pk=restriction_id).values_list("account_id", flat=True).first()
    if owner_id is None:
        raise UnknownRestriction(_("There is no such restriction."))
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=owner_id)
        standing = unconfirmed().select_related("account").filter(pk=restriction_id).first()
        if standing is None:
            raise PlaceRefused(_("This restriction waits for no second person."))
        if actor.account_id in {standing.placer_id, standing.account_id}:
            raise SecondPersonRequired
        standing.confirmed_at, standing.confirmed_by = now, actor.account_id
        standing.save(update_fields=["confirmed_at", "confirmed_by"])
        restrictions.tell(Action.RESTRICTION_CONFIRMED, standing, actor=actor, reason=reason.strip(), now=now)
    return standing


def may_confirm(row: Restriction, actor: Actor) -> bool:
    """Tell whether this person may be the second: of compliance, neither who placed it nor the owner."""
    return actor.may(LIFT_HOLDS) and waits(row) and actor.account_id not in {row.placer_id, row.account_id}


def waits(row: Restriction) -> bool:
    """Tell whether a restriction waits for a second person: a person placed a legal or risk hold, and it stands."""
    placed_by_one = row.placer_id is not None and row.confirmed_at is None
    return row.kind in TIPPING_OFF and placed_by_one and row.lifted_at is None


def unconfirmed() -> QuerySet[Restriction]:
    """Return those that wait for a second person, in time or late, longest first (`waits`, in the database)."""
    waiting = Restriction.objects.filter(kind__in=sorted(TIPPING_OFF), placer_id__isnull=False)
    return waiting.filter(confirmed_at=None, lifted_at=None).order_by("placed_at", "id")


def tell_overdue(now: datetime) -> int:
    """Mail every X about each hold that nobody confirmed in time, once; returns how many. Safe to run again."""
    late = unconfirmed().filter(placed_at__lte=now - CONFIRM_WITHIN)
    return sum(
        overdue.tell(
            Action.RESTRICTION_OVERDUE,
            about=("restriction", row.pk),
            account_id=row.account_id,
            since=row.placed_at,
            still=late.filter(pk=row.pk).exists,
            now=now,
        )
        for row in late
    )
