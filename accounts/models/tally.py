"""Counters of what is limited whoever asks: tries from an address, messages to a contact, messages in all."""

from typing import ClassVar

from django.db import models


class Tally(models.Model):
    """Uses of one thing since `started_at`; `subject` is a keyed digest, so no row tells whose it is."""

    id = models.BigAutoField(primary_key=True)
    subject = models.UUIDField()
    purpose = models.CharField(max_length=32)
    started_at = models.DateTimeField(db_index=True)
    used = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject", "purpose"], name="tally_once")
        ]

    def __str__(self) -> str:
        return f"{self.used} for {self.purpose}"
