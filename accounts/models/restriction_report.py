"""What the exchange core reported of restrictions: each of its events is taken once, whenever it is told again."""

from typing import ClassVar

from django.db import models

from accounts.enums import RestrictionKind, RestrictionMove
from accounts.models.base import TimeOrdered

EVENT_ID_LENGTH = 128


class RestrictionReport(TimeOrdered):
    """One event of the core, by the core's own id; `at` is its time, `taken_at` ours, `outcome` what became of it."""

    event_id = models.CharField(max_length=EVENT_ID_LENGTH, unique=True)
    account_id = models.UUIDField()
    kind = models.CharField(max_length=32, choices=RestrictionKind)
    move = models.CharField(max_length=16, choices=RestrictionMove)
    at = models.DateTimeField()
    taken_at = models.DateTimeField()
    outcome = models.CharField(max_length=16)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account_id", "kind", "at"], name="restriction_report_order")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.move}"
