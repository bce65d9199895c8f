"""Limits that hold whoever asks, as counters in rows: spent and committed before the work, so no rollback frees one.

Their subjects are keyed digests of what was typed or of where somebody calls from, never of what exists (invariant 17).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from accounts.exceptions import TooManyAttempts
from accounts.models import Tally
from accounts.verification import attempts

LONGEST = timedelta(days=1)

# Every value is a parameter; the names are our own.
SPEND = """
INSERT INTO accounts_tally (subject, purpose, started_at, used) VALUES (%s, %s, %s, 1)
ON CONFLICT (subject, purpose) DO UPDATE SET
    used = CASE WHEN accounts_tally.started_at <= %s THEN 1 ELSE accounts_tally.used + 1 END,
    started_at = CASE WHEN accounts_tally.started_at <= %s THEN excluded.started_at ELSE accounts_tally.started_at END
WHERE accounts_tally.started_at <= %s OR accounts_tally.used < %s
RETURNING used
"""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """So many uses of one subject within so long, counted from the first."""

    name: str
    most: int
    within: timedelta


@dataclass(frozen=True, kw_only=True)
class Use:
    """One use of a subject under a limit; `of` is text that names it, kept as a keyed digest only."""

    limit: Limit
    of: str

    @property
    def subject(self) -> UUID:
        """What the row knows of it."""
        return attempts.stand_in(f"{self.limit.name} {self.of}")


class LimitReached(TooManyAttempts):
    """A limit is used up; `limit` is its name, `retry_at` says when it ends by itself."""

    def __init__(self, limit: str, retry_at: datetime) -> None:
        super().__init__(retry_at)
        self.limit = limit


def spend(uses: Sequence[Use], *, now: datetime) -> None:
    """Take one of each and commit, all or none; raises LimitReached. Must be called outside of any transaction."""
    with transaction.atomic(durable=True):
        for use in uses:
            if not _spend_one(use, now):
                # Leaving the block gives back what the limits before it took.
                raise LimitReached(use.limit.name, _ends(use, now))


def give_back(use: Use, *, now: datetime) -> None:
    """Return one use that turned out to be harmless."""
    running = Tally.objects.filter(subject=use.subject, purpose=use.limit.name, used__gt=0)
    with transaction.atomic(durable=True):
        running.filter(started_at__gt=now - use.limit.within).update(used=F("used") - 1)


def is_left(use: Use, *, now: datetime) -> bool:
    """Tell whether a limit has one left; this takes none."""
    running = Tally.objects.filter(subject=use.subject, purpose=use.limit.name, started_at__gt=now - use.limit.within)
    return not running.filter(used__gte=use.limit.most).exists()


def forget_old(*, now: datetime) -> int:
    """Delete counters whose time is over; return how many."""
    return Tally.objects.filter(started_at__lte=now - LONGEST).delete()[0]


def _spend_one(use: Use, now: datetime) -> bool:
    over, started = (_prepared("started_at", moment) for moment in (now - use.limit.within, now))
    subject = _prepared("subject", use.subject)
    with connection.cursor() as cursor:
        cursor.execute(SPEND, [subject, use.limit.name, started, over, over, over, use.limit.most])
        return cursor.fetchone() is not None


def _prepared(field: str, value: Any) -> Any:
    """Return a value as the database at hand stores it (SQLite keeps UUIDs and times as text)."""
    column: Any = Tally._meta.get_field(field)
    return column.get_db_prep_save(value, connection)


def _ends(use: Use, now: datetime) -> datetime:
    row = Tally.objects.filter(subject=use.subject, purpose=use.limit.name).first()
    return now + use.limit.within if row is None else row.started_at + use.limit.within
