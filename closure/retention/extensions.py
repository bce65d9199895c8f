"""What is not settled yet keeps an archive beyond its date (F08): opened and closed by whoever owns the matter."""

from datetime import datetime
from uuid import UUID

from closure.retention.archive import lock_months
from closure.retention.enums import ExtensionReason
from closure.retention.models import Extension


def open_extension(account_id: UUID, reason: ExtensionReason, *, reference_id: UUID, now: datetime) -> Extension:
    """Keep the account's archive until this is closed, in the caller's transaction, which tells why in its event.

    The account is locked by the caller, the purge months are locked here. Where a month is destroyed already there is
    nothing of it left to keep, and the matter is open all the same.
    """
    lock_months(account_id)
    return Extension.objects.create(account_id=account_id, reason=reason, reference_id=reference_id, opened_at=now)


def close_extension(reference_id: UUID, *, now: datetime) -> None:
    """Let the archive end when its time comes; in the transaction that settles the matter. Safe to run again."""
    Extension.objects.filter(reference_id=reference_id, closed_at=None).update(closed_at=now)
