"""Support cases, by the reference people quote."""

from typing import ClassVar

from django.db import models

from accounts.enums import CaseKind, CaseState
from accounts.ids import new_reference
from accounts.models.base import TimeOrdered


def case_reference() -> str:
    """Return a new case reference, SC-XXXX-XXXX."""
    return new_reference("SC")


class Case(TimeOrdered):
    """One case; who it is about may be unknown."""

    reference = models.CharField(max_length=16, unique=True, default=case_reference)
    account_id = models.UUIDField(null=True, blank=True, db_index=True)
    kind = models.CharField(max_length=32, choices=CaseKind)
    state = models.CharField(max_length=32, choices=CaseState, default=CaseState.OPEN)
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(state=CaseState.RESOLVED, resolved_at__isnull=False)
                | (~models.Q(state=CaseState.RESOLVED) & models.Q(resolved_at=None)),
                name="case_resolution_paired",
            )
        ]

    def __str__(self) -> str:
        return self.reference
