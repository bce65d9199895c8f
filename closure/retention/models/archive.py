"""Sealed records of closed accounts, what they are found by, and the months in which their keys are destroyed (H04)."""

from typing import ClassVar

from django.db import models

from accounts.enums import IdentifierKind
from accounts.models.base import OfAccount
from closure.retention.enums import KeyProblem, MonthState, RecordClass


class PurgeMonth(models.Model):
    """One month and what became of its key, which is kept outside the database.

    The row is what sealing, holding and purging lock; `generation` counts the month's keys, newest in use.
    """

    month = models.CharField(max_length=7, primary_key=True, help_text="Year and month, such as 2031-11")
    state = models.CharField(max_length=16, choices=MonthState, default=MonthState.OPEN)
    generation = models.PositiveSmallIntegerField(default=1)
    ring_version = models.PositiveSmallIntegerField(default=0, help_text="Version of ARCHIVE_KEYS that wraps its keys")
    destroyed_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When its canary was looked at last")
    problem = models.CharField(max_length=16, choices=KeyProblem, blank=True, help_text="What the look found")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(state=MonthState.DESTROYED, destroyed_at__isnull=False)
                | models.Q(state=MonthState.OPEN, destroyed_at=None),
                name="purge_month_paired",
            )
        ]

    def __str__(self) -> str:
        return self.month


class ArchiveRecord(OfAccount):
    """One sealed part of an archive: its contents under a key of its own, that key under the key of its purge month.

    `file_id` is what was archived, the closure; `part` counts the pieces of one class. Opening is refused from
    `expires_at`; the month's key is destroyed when `key_month` is over. The period stays beside the date: whoever
    closes later than they were sealed is kept as long from then.
    """

    account_id = models.UUIDField(db_index=True)
    file_id = models.UUIDField()
    record_class = models.CharField(max_length=16, choices=RecordClass)
    part = models.PositiveIntegerField(default=0)
    key_month = models.CharField(max_length=7)
    key_generation = models.PositiveSmallIntegerField()
    wrapped_key = models.BinaryField()
    box = models.BinaryField()
    sealed_at = models.DateTimeField()
    years = models.PositiveSmallIntegerField()
    jurisdiction = models.CharField(
        max_length=8, blank=True, help_text="Whose law lengthened the years; empty: nobody's"
    )
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["file_id", "record_class", "part"], name="archive_part_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["key_month", "account_id", "id"], name="archive_by_month")
        ]

    def __str__(self) -> str:
        return f"{self.record_class} {self.part}"


class ArchivePrint(OfAccount):
    """A fingerprint by which a sealed identity is found again, keyed by its purge month and destroyed with it (F08).

    `box` is what the fingerprint was made from, itself a keyed fingerprint, sealed under the key of `record`; it is
    made anew when held records move to another month.
    """

    account_id = models.UUIDField(db_index=True)
    record = models.ForeignKey(ArchiveRecord, on_delete=models.CASCADE, related_name="prints")
    kind = models.CharField(max_length=16, choices=IdentifierKind)
    fingerprint = models.BinaryField(max_length=32)
    base_version = models.PositiveSmallIntegerField(help_text="Ring version of the fingerprint it was made from")
    box = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["record", "kind"], name="archive_print_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["fingerprint"], name="archive_print_found")]

    def __str__(self) -> str:
        return self.kind
