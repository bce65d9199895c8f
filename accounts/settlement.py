"""Negative balances end by settlement, by themselves: which are asked about next, and the end of one (K01).

What is owed is the exchange core's to say; the floor above asks it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts import restrictions
from accounts.actors import Actor
from accounts.enums import RestrictionKind, RestrictionMove
from accounts.models import Account, Restriction, RestrictionReport

# A deposit that the core tells of is looked at by the next sweep; this finds what nobody told.
ASK_EVERY = timedelta(hours=1)


def standing(account_id: UUID) -> Restriction | None:
    """Return the negative balance that stands on an account, None where none does."""
    return _standing().filter(account_id=account_id).first()


def due(now: datetime) -> QuerySet[Restriction]:
    """Return those to ask the core about: something arrived, or asked long ago; the longest waiting first."""
    waiting = _standing().filter(Q(debt_asked_at=None) | Q(debt_asked_at__lte=now - ASK_EVERY))
    return waiting.order_by(F("debt_asked_at").asc(nulls_first=True), "id")


def ask_soon(account_id: UUID) -> None:
    """Have the next sweep ask about an account: something arrived there."""
    _standing().filter(account_id=account_id).update(debt_asked_at=None)


def note_asked(restriction_id: UUID, *, now: datetime) -> None:
    """Remember that the core was asked, whatever it said."""
    Restriction.objects.filter(pk=restriction_id).update(debt_asked_at=now)


def settle(restriction_id: UUID, *, asked_at: datetime, actor: Actor, now: datetime) -> bool:
    """End a negative balance that the core called settled at `asked_at`, when its answer was taken; tells the owner.

    False where it does not stand, or was placed or reported again since: the answer says nothing of what came after
    it. Raises NotAllowed.
    """
    known = _standing().filter(pk=restriction_id).first()
    if known is None:
        return False
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=known.account_id)
        if not _standing().filter(pk=restriction_id, placed_at__lte=asked_at).exists():
            return False
        if _reported_since(known.account_id, asked_at):
            return False
        restrictions.lift(restriction_id, actor=actor, reason="", now=now)
    return True


def _reported_since(account_id: UUID, asked_at: datetime) -> bool:
    """Tell whether the core reported a debt when its answer was taken or later, also one that stood already."""
    reports = RestrictionReport.objects.filter(account_id=account_id, kind=RestrictionKind.NEGATIVE_BALANCE)
    return reports.filter(move=RestrictionMove.PLACED, taken_at__gte=asked_at).exists()


def _standing() -> QuerySet[Restriction]:
    return Restriction.objects.filter(kind=RestrictionKind.NEGATIVE_BALANCE, lifted_at=None)
