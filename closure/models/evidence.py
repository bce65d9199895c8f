"""A photo that a customer sent for a case: its file, its key, what was found of it; gone 30 days after the decision."""

from typing import ClassVar

from django.db import models

from accounts.models import Case
from accounts.models.base import OfAccount, TimeOrdered
from closure.enums import EvidenceKind


class Evidence(OfAccount):
    """One photo, as it came out of the limited process.

    `taken_away_at` is when its owner took it away while a hold stood: to its owner it is gone, and the hold keeps it.
    """

    account_id = models.UUIDField(db_index=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=16, choices=EvidenceKind)
    taken_at = models.DateTimeField()
    keep_for = models.DurationField(help_text="After the decision, by the policy when it was sent")
    verdicts = models.JSONField(help_text="[check, outcome, rule that is broken] of each check")

    file = models.UUIDField(unique=True, help_text="Its name in VAR_DIR/evidence")
    key = models.BinaryField(max_length=128, help_text="Of this file alone, sealed")
    size = models.PositiveIntegerField(help_text="Of the photo, in bytes")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    taken_away_at = models.DateTimeField(null=True, blank=True, help_text="Its owner took it away; a hold keeps it")

    class Meta:
        verbose_name_plural = "evidence"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(size__gt=0, width__gt=0, height__gt=0), name="evidence_is_whole")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def bound_to(self) -> str:
        """What key and file are tied to: they open for no other row."""
        return f"closure.Evidence:{self.pk}"


class Sighting(TimeOrdered):
    """One keyed mark of a photo: of its file, or of a part of what it looks like. Equal marks, the same photo again.

    Without the key of the ring a mark says nothing of the photo.
    """

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="sightings")
    account_id = models.UUIDField(db_index=True)
    is_file = models.BooleanField(help_text="Of the file as it was sent; else of a part of the picture")
    mark = models.BinaryField(max_length=32)
    key_version = models.PositiveSmallIntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["mark"], name="sighting_mark")]

    def __str__(self) -> str:
        return f"mark of {self.evidence_id}"
