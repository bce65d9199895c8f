"""What is held: an account under a legal hold, or with something that is not settled, keeps its records (H05, F08)."""

from collections.abc import Collection
from uuid import UUID

from closure.retention.models import Extension, LegalHold


def held(account_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these accounts have a standing hold, of all or of one record, or something still open."""
    holds = LegalHold.objects.filter(account_id__in=account_ids, lifted_at=None)
    extensions = Extension.objects.filter(account_id__in=account_ids, closed_at=None)
    return {key for rows in (holds, extensions) for key in rows.values_list("account_id", flat=True)}
