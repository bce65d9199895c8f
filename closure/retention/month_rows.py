"""Rows of purge months: who seals shares them; who holds, moves or destroys locks them. So nothing is lost."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import connection

from closure.retention import canary
from closure.retention.enums import MonthState
from closure.retention.models import PurgeMonth
from closure.retention.months import Keys
from closure.retention.schedule import month_after, month_of

SHARED = "SELECT * FROM retention_purgemonth WHERE month = %s FOR SHARE"


def lock(months: Iterable[str]) -> dict[str, PurgeMonth]:
    """Lock the rows of these months, in their order, inside the caller's transaction; those without a row are left out.

    Nothing is sealed into them, moved out of them or destroyed until the transaction ends.
    """
    rows = PurgeMonth.objects.select_for_update().filter(month__in=sorted(set(months))).order_by("month")
    return {row.month: row for row in rows}


def share(month: str) -> PurgeMonth | None:
    """Keep a month from being moved or destroyed until the transaction ends; others may seal into it meanwhile."""
    if connection.vendor == "postgresql":
        return next(iter(PurgeMonth.objects.raw(SHARED, [month])), None)
    return PurgeMonth.objects.filter(month=month).first()  # one writer at a time


def usable(wanted: Iterable[str], *, keys: Keys, now: datetime) -> dict[str, PurgeMonth]:
    """Return {wanted month: the open month whose key is to be used}, shared until the transaction ends.

    A month that is over, or whose key was destroyed, gives way to the next that is neither: later, never earlier.
    Raises KeyGone or Unreadable where the keys are not those of this database.
    """
    return {month: _usable(max(month, month_of(now)), keys=keys, now=now) for month in sorted(set(wanted))}


def _usable(month: str, *, keys: Keys, now: datetime) -> PurgeMonth:
    row = share(month)
    if row is None:
        _begin(month, keys=keys, now=now)
        row = share(month)
    if row is None or row.state == MonthState.DESTROYED:
        return _usable(month_after(month), keys=keys, now=now)
    return row


def _begin(month: str, *, keys: Keys, now: datetime) -> None:
    """Make the row, the key and the canary of a new month."""
    other = PurgeMonth.objects.filter(state=MonthState.OPEN).exclude(month=month).order_by("-month").first()
    if other is not None:
        # A folder without the keys we have is not ours (not mounted, another host's): a key made there would be lost.
        keys.get(other.month, other.generation)
    keys.store.create(month, 1)
    PurgeMonth.objects.bulk_create(
        [PurgeMonth(month=month, ring_version=settings.ARCHIVE_KEYS.newest)], ignore_conflicts=True
    )
    canary.plant(month, 1, keys=keys, now=now)
