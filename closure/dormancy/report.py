"""Whose property a law may call unclaimed, for staff to look at: the portal itself hands nothing over (I01, H03)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import NoticeMatter
from accounts.messages import bounces
from accounts.models import Account, DormancyNotice
from closure import causes, reading
from closure.dormancy.jurisdictions import place_of
from closure.dormancy.lines import ASLEEP, AWAY


@dataclass(frozen=True, kw_only=True)
class Unclaimed:
    """One account, the place whose law may take it (empty: the policy's date), and how its owner was told."""

    account_id: UUID
    place: str
    on: date
    due: bool
    handled_at: datetime | None
    told_at: datetime
    reached: bool


def rows() -> QuerySet[DormancyNotice]:
    """Return the announced dates of unclaimed property, first due first; what law or risk holds is not among them."""
    found = DormancyNotice.objects.filter(matter=NoticeMatter.UNCLAIMED, account__status__in=AWAY)
    return found.exclude(causes.legally_held()).select_related("account").order_by("on", "id")


def due(now: datetime) -> QuerySet[DormancyNotice]:
    """Return those whose date has come and whom nobody handled: a person decides what the law asks for."""
    return rows().filter(on__lte=now.date(), handled_at=None)


def unreached() -> QuerySet[DormancyNotice]:
    """Return what was announced and did not arrive, and nobody handled: no address, or one that bounced for good."""
    bounced = bounces.standing_bounces().filter(account_id=OuterRef("account_id"), channel=OuterRef("channel"))
    # A disabled account does not become dormant: that date is over for its owner, the one of the law is not.
    waits = Q(account__status__in=ASLEEP) | Q(matter=NoticeMatter.UNCLAIMED, account__status__in=AWAY)
    found = DormancyNotice.objects.filter(Q(channel="") | Q(Exists(bounced)), waits, handled_at=None)
    return found.exclude(causes.legally_held()).order_by("on", "id")


def holdings(account_id: UUID, *, now: datetime) -> dict[str, list[dict[str, Any]] | None]:
    """Return what the core says that an account holds now, by area; None: it did not answer. Never raises for that."""
    held = reading.balances(Account.objects.get(pk=account_id), now=now)
    return {each.area.value: None if each.found is None else [item.as_dict() for item in each.found] for each in held}


def unclaimed(*, now: datetime, limit: int | None = None) -> Iterator[Unclaimed]:
    """Yield the whole report."""
    lost = set(unreached().values_list("pk", flat=True))
    for row in rows()[:limit].iterator(chunk_size=500):
        yield Unclaimed(
            account_id=row.account_id,
            place=place_of(row.account.country, row.account.region),
            on=row.on,
            due=row.on <= now.date() and row.handled_at is None,
            handled_at=row.handled_at,
            told_at=row.sent_at,
            reached=row.pk not in lost,
        )
