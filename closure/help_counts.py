"""Counting whether an answer of the help was of use: one atomic step, no matter how many press at once (M06)."""

from django.db import transaction
from django.db.models import F

from closure.models import HelpFeedback


def count(slug: str, *, helped: bool) -> None:
    """Count one press; who pressed is not known."""
    column = "helped" if helped else "not_helped"
    with transaction.atomic():
        HelpFeedback.objects.bulk_create([HelpFeedback(slug=slug)], ignore_conflicts=True)
        HelpFeedback.objects.filter(slug=slug).update(**{column: F(column) + 1})
