"""What a person writes by hand on the note that they hold in the photo: good for this recovery alone."""

from datetime import UTC

from django.conf import settings

from accounts.models import FactorRecovery


def text(row: FactorRecovery) -> str:
    """Return the exact words, with the day on which the recovery was begun."""
    began = row.created_at.astimezone(UTC)
    day = f"{began.day}/{began.month}/{began.year}"
    return f"{settings.PORTAL_BRAND} ({day}) Recover my account, {row.case.reference}"
