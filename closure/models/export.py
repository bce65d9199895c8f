"""A file that a customer asked for: wanted by a row, built by the worker, kept encrypted until the date in the row."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models.base import OfAccount
from closure.enums import ExportKind
from closure.exports.enums import ExportFailure, ExportState


class Export(OfAccount):
    """One of each kind at a time. While it is queued, `due_at` is the lease of whoever builds it."""

    account_id = models.UUIDField()
    kind = models.CharField(max_length=16, choices=ExportKind)
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.QUEUED)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True, help_text="From then on nobody gets it, and its file goes (B11)")
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    lines = models.PositiveBigIntegerField(default=0, help_text="Written so far, for the page")
    reason = models.CharField(max_length=16, choices=ExportFailure, blank=True)

    file = models.UUIDField(null=True, blank=True, help_text="Its name in VAR_DIR/exports, new for each attempt")
    key = models.BinaryField(max_length=128, null=True, blank=True, help_text="Of this file alone, sealed")
    size = models.PositiveBigIntegerField(null=True, blank=True, help_text="Of the contents, in bytes")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the contents, in hex")
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account_id", "kind"], name="export_one_of_a_kind"),
            models.CheckConstraint(
                condition=~Q(state=ExportState.READY)
                | Q(file__isnull=False, key__isnull=False, size__isnull=False, ready_at__isnull=False) & ~Q(sha256=""),
                name="export_ready_is_whole",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at", "id"], condition=Q(state=ExportState.QUEUED), name="export_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def bound_to(self) -> str:
        """What key and file are tied to: they open for no other row."""
        return f"closure.Export:{self.pk}"
