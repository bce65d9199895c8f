"""A canary in every month: a record of known contents, opened each day, so that a lost key is found in time."""

import logging
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db.models import Q

from closure.retention import records
from closure.retention.enums import KeyProblem, MonthState, RecordClass
from closure.retention.exceptions import KeyGone, Unreadable
from closure.retention.models import ArchiveRecord, PurgeMonth
from closure.retention.months import Keys
from closure.retention.schedule import end_of

logger = logging.getLogger(__name__)
NOBODY = UUID(int=0)
SONG = b"the keys of this month open"
EACH = timedelta(days=1)


class CanaryDied(Exception):
    """At least one month's key does not open what it wrapped."""


def plant(month: str, generation: int, *, keys: Keys, now: datetime) -> None:
    """Seal the canary of a month inside the caller's transaction; one that is there stays."""
    canary = ArchiveRecord(
        account_id=NOBODY,
        file_id=file_of(month),
        record_class=RecordClass.CLOSURE_FILE,
        sealed_at=now,
        years=0,
        expires_at=end_of(month),
    )
    records.seal(canary, SONG, under=keys.get(month, generation))
    ArchiveRecord.objects.bulk_create([canary], ignore_conflicts=True)


def file_of(month: str) -> UUID:
    """Return the key of a canary's file."""
    return uuid5(NAMESPACE_OID, f"closeout:canary:{month}")


def watch(now: datetime) -> int:
    """Look at every month that was not looked at for a day, or whose last look found something; returns how many.

    Raises CanaryDied when a key does not open; which and why stays on the month's row, for staff and the check.
    """
    open_months = PurgeMonth.objects.filter(state=MonthState.OPEN)
    due = open_months.filter(Q(seen_at=None) | Q(seen_at__lte=now - EACH) | ~Q(problem=""))
    found = {month.month: examine(month) for month in due.order_by("month")}
    for month, problem in found.items():
        open_months.filter(month=month).update(seen_at=now, problem=problem or "")
    if dead := {month: problem for month, problem in found.items() if problem}:
        told = ", ".join(f"{month} ({problem.label})" for month, problem in dead.items())
        logger.critical("archive keys do not open: %s", told)
        raise CanaryDied(told)
    return len(found)


def examine(month: PurgeMonth) -> KeyProblem | None:
    """Open all keys of a month and its canary; returns what is wrong, None when all is well."""
    keys = Keys()
    canary = ArchiveRecord.objects.filter(file_id=file_of(month.month)).first()
    try:
        for generation in {month.generation, *keys.store.generations(month.month)}:
            keys.get(month.month, generation)
        if canary is None:
            return KeyProblem.NO_CANARY
        sang = records.contents(canary, under=keys.get(canary.key_month, canary.key_generation)) == SONG
    except KeyGone:
        return KeyProblem.GONE
    except Unreadable:
        return KeyProblem.UNREADABLE
    return None if sang else KeyProblem.UNREADABLE


def problems() -> list[str]:
    """Return the months whose last look found something, in order: what staff are shown."""
    return list(PurgeMonth.objects.exclude(problem="").order_by("month").values_list("month", flat=True))
