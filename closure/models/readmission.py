"""A locked account that staff open again: an agent or a lead proposes, a lead who is somebody else confirms (L06)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Case
from accounts.models.base import OfAccount, different, never_by_owner, paired

WAITS = Q(confirmed_at=None, dropped_at=None)


class Readmission(OfAccount):
    """One proposal on one resolved case. It waits until a second person opens the account, or it is taken back.

    `dropped_by` is who took it back, None where it fell by itself.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="readmissions")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="readmissions")
    proposed_at = models.DateTimeField()
    proposed_by = models.UUIDField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.UUIDField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("readmission")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], condition=WAITS, name="readmission_one_waits"),
            models.CheckConstraint(condition=paired("confirmed"), name="readmission_confirmation_paired"),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=False) | Q(dropped_by=None), name="readmission_drop_dated"
            ),
            models.CheckConstraint(condition=Q(confirmed_at=None) | Q(dropped_at=None), name="readmission_ends_once"),
            models.CheckConstraint(condition=different("proposed_by", "confirmed_by"), name="readmission_two_people"),
            models.CheckConstraint(
                condition=never_by_owner("proposed_by", "confirmed_by", "dropped_by"),
                name="readmission_never_by_owner",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["proposed_at", "id"], condition=WAITS, name="readmission_waiting"),
        ]

    def __str__(self) -> str:
        return f"readmission on {self.case_id}"
