"""Which legal holds stand, and which of them wait for a second person too long."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from closure.retention.models import LegalHold

CONFIRM_WITHIN = timedelta(hours=24)


def standing() -> QuerySet[LegalHold]:
    """Return the holds that stand: placed, confirmed or not, and not lifted by two."""
    return LegalHold.objects.filter(lifted_at=None)


def of_accounts() -> QuerySet[LegalHold]:
    """Return the standing holds of whole accounts: they stop closing too (H05)."""
    return standing().filter(record_id=None)


def overdue(now: datetime) -> QuerySet[LegalHold]:
    """Return the holds that nobody confirmed in time, oldest first; they stand all the same."""
    late = standing().filter(confirmed_at=None, placed_at__lte=now - CONFIRM_WITHIN)
    return late.order_by("placed_at", "id")


def is_overdue(hold: LegalHold, now: datetime) -> bool:
    """Tell of one hold whether its confirmation is late."""
    return hold.lifted_at is None and hold.confirmed_at is None and hold.placed_at <= now - CONFIRM_WITHIN
