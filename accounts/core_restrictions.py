"""What the exchange core reports of restrictions: placed at once; lifted where settlement lifts, else proposed (K01).

Each event is taken once, by the core's own id, in a transaction of its own with the account locked. Events may come
late or in another order: a lift counts for what the core had placed before it, never for what came after.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from accounts import restrictions
from accounts.actors import Actor
from accounts.enums import RestrictionKind, RestrictionMove
from accounts.models import Account, Restriction, RestrictionReport

CORE = Actor.core()
M = RestrictionMove


@dataclass(frozen=True, kw_only=True)
class Report:
    """One event as the core tells it; `event_id` is the core's own and the same however often it is told."""

    event_id: str
    account_id: UUID
    kind: RestrictionKind
    move: RestrictionMove
    at: datetime


class Taken(StrEnum):
    """What became of a report."""

    PLACED = "placed"
    LIFTED = "lifted"
    PROPOSED = "proposed"  # staff decide whether it is lifted
    NOTHING = "nothing"  # it stood already, or nothing stood that this lifts
    KNOWN = "known"
    UNKNOWN_ACCOUNT = "unknown_account"
    CONTRADICTED = "contradicted"  # the same event told something else before


def take(report: Report, *, now: datetime) -> Taken:
    """Take one report; told again it changes nothing, and told differently it is not believed."""
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=report.account_id, is_staff=False).first()
        if account is None:
            return Taken.UNKNOWN_ACCOUNT
        told = {"account_id": account.pk, "kind": report.kind, "move": report.move, "at": report.at}
        row, is_new = RestrictionReport.objects.get_or_create(
            event_id=report.event_id, defaults={**told, "taken_at": now, "outcome": Taken.NOTHING}
        )
        if not is_new:
            is_same = all(getattr(row, name) == value for name, value in told.items())
            return Taken.KNOWN if is_same else Taken.CONTRADICTED
        outcome = _place(account, report, now=now) if report.move is M.PLACED else _lift(account, report, now=now)
        row.outcome = outcome
        row.save(update_fields=["outcome"])
    return outcome


def _place(account: Account, report: Report, *, now: datetime) -> Taken:
    """Place it, and do with it what a lift says that came before it and was meant for after."""
    stood = _standing(account, report.kind)
    standing = stood or restrictions.place(account, report.kind, actor=CORE, note="", now=now)
    lifts = RestrictionReport.objects.filter(account_id=account.pk, kind=report.kind, move=M.LIFTED, at__gt=report.at)
    if stood is None and lifts.exists():
        return _end(standing, now=now)
    return Taken.PLACED if stood is None else Taken.NOTHING


def _lift(account: Account, report: Report, *, now: datetime) -> Taken:
    standing = _standing(account, report.kind)
    placed_after = RestrictionReport.objects.filter(
        account_id=account.pk, kind=report.kind, move=M.PLACED, at__gte=report.at
    )
    if standing is None or placed_after.exists():
        return Taken.NOTHING
    return _end(standing, now=now)


def _end(standing: Restriction, *, now: datetime) -> Taken:
    if standing.kind in restrictions.BY_ITSELF:
        restrictions.lift(standing.pk, actor=CORE, reason="", now=now)
        return Taken.LIFTED
    restrictions.ask_to_lift(standing, actor=CORE, now=now)
    return Taken.PROPOSED


def _standing(account: Account, kind: RestrictionKind) -> Restriction | None:
    found = Restriction.objects.filter(account=account, kind=kind, lifted_at=None).first()
    if found is not None:
        found.account = account  # the locked row, whose journal goes on
    return found
