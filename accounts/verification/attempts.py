"""Budgets of failures, per subject and purpose, in rows that outlive whatever becomes of the request (invariant 13).

An attempt is spent and committed before the work it pays for, so a transaction that rolls back gives no free guess
(docs/security.md; assurance finding 1). It is given back when the work succeeded.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from accounts import keys
from accounts.exceptions import TooManyAttempts
from accounts.models import Attempt

STAND_IN_PURPOSE = "attempt-stand-in"


@dataclass(frozen=True)
class Window:
    """So many failures in so long; `slides`: the time counts from the last failure, so no 15 minutes hold more."""

    name: str
    length: timedelta
    failures: int
    slides: bool


WINDOWS = (
    Window("short", timedelta(minutes=15), failures=5, slides=True),
    Window("day", timedelta(days=1), failures=20, slides=False),
)

# Every value is a parameter; the four names below are our own.
SPEND = """
INSERT INTO accounts_attempt (subject, purpose, "window", started_at, failures) VALUES (%s, %s, %s, %s, 1)
ON CONFLICT (subject, purpose, "window") DO UPDATE SET
    failures = CASE WHEN accounts_attempt.started_at <= %s THEN 1 ELSE accounts_attempt.failures + 1 END,
    started_at = CASE WHEN %s = 1 OR accounts_attempt.started_at <= %s THEN excluded.started_at
                      ELSE accounts_attempt.started_at END
WHERE accounts_attempt.started_at <= %s OR accounts_attempt.failures < %s
RETURNING failures
"""


def spend(subject: UUID, purpose: str, *, now: datetime) -> None:
    """Take one attempt from the budget and commit it; raises TooManyAttempts when a window is used up.

    Must be called outside of any transaction: Django refuses otherwise, and nothing is checked.
    """
    with transaction.atomic(durable=True):
        for window in WINDOWS:
            if not _spend_in(window, subject, purpose, now):
                # Leaving the block undoes what the other window already took.
                raise TooManyAttempts(_retry_at(subject, purpose, now))


def spend_quietly(subject: UUID, purpose: str, *, now: datetime) -> bool:
    """Take one attempt as `spend` does; False when a window is used up, after the same statements and no others.

    For a budget whose end must not show (invariant 17): the caller goes on as if the attempt had failed.
    """
    with transaction.atomic(durable=True):
        taken = [_spend_in(window, subject, purpose, now) for window in WINDOWS]
    return all(taken)


def give_back(subject: UUID, purpose: str, *, now: datetime) -> None:
    """Return one attempt after success; what failed before it stays counted."""
    with transaction.atomic(durable=True):
        for window in WINDOWS:
            running = Attempt.objects.filter(
                subject=subject, purpose=purpose, window=window.name, failures__gt=0, started_at__gt=now - window.length
            )
            running.update(failures=F("failures") - 1)


def stand_in(text: str) -> UUID:
    """Return the subject of attempts on something nobody has, so that guessing at it costs the same (invariant 17)."""
    digest = hmac.digest(keys.derive(STAND_IN_PURPOSE, keys.newest_version()), text.encode(), hashlib.sha256)
    return UUID(bytes=digest[:16])


def forget_old(*, now: datetime) -> int:
    """Delete counters whose windows are over; return how many."""
    oldest = now - max(window.length for window in WINDOWS)
    return Attempt.objects.filter(started_at__lte=oldest).delete()[0]


def _spend_in(window: Window, subject: UUID, purpose: str, now: datetime) -> bool:
    over = _prepared("started_at", now - window.length)
    with connection.cursor() as cursor:
        cursor.execute(
            SPEND,
            [
                _prepared("subject", subject),
                str(purpose),
                window.name,
                _prepared("started_at", now),
                over,
                int(window.slides),
                over,
                over,
                window.failures,
            ],
        )
        return cursor.fetchone() is not None


def _prepared(field: str, value: Any) -> Any:
    """Return a value as the database at hand stores it (SQLite keeps UUIDs and times as text)."""
    column: Any = Attempt._meta.get_field(field)
    return column.get_db_prep_save(value, connection)


def _retry_at(subject: UUID, purpose: str, now: datetime) -> datetime:
    """Return when the last of the windows that are used up is over."""
    moments = [now]
    for window in WINDOWS:
        row = Attempt.objects.filter(subject=subject, purpose=purpose, window=window.name).first()
        if row is not None and row.failures >= window.failures:
            moments.append(row.started_at + window.length)
    return max(moments)
