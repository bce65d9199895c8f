"""A legal hold that nobody confirmed within 24 hours stands, and compliance is called about it, once (H05)."""

from datetime import datetime

from accounts import overdue
from closure.retention import hold_queries

OVERDUE = "legal_hold.overdue"


def tell_overdue(now: datetime) -> int:
    """Mail every X about each hold that has become overdue; returns how many were told of. Safe to run again."""
    late = hold_queries.overdue(now)
    return sum(
        overdue.tell(
            OVERDUE,
            about=("hold", hold.pk),
            account_id=hold.account_id,
            since=hold.placed_at,
            still=late.filter(pk=hold.pk).exists,
            now=now,
        )
        for hold in late
    )
