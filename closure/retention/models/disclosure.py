"""Openings of an archive for somebody outside: who asked, who agreed, who opened it (F05)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models.base import OfAccount, different, never_by_owner, paired
from closure.retention.enums import DisclosurePurpose

APPROVED_BY = ("agent_approved_by", "lead_approved_by")


class Disclosure(OfAccount):
    """One export for a regulator, or for the person, whose documents an agent and a lead have approved first.

    Nobody does two things of one disclosure. Of what was given out its digest stays, and nothing else.
    """

    account_id = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=16, choices=DisclosurePurpose)
    case_reference = models.CharField(max_length=64, help_text="Our case, or the reference of the authority")
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()
    agent_approved_at = models.DateTimeField(null=True, blank=True)
    agent_approved_by = models.UUIDField(null=True, blank=True)
    lead_approved_at = models.DateTimeField(null=True, blank=True)
    lead_approved_by = models.UUIDField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.UUIDField(null=True, blank=True)
    bundle_digest = models.BinaryField(max_length=32, null=True, blank=True, help_text="SHA-256 of what was given out")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=paired("agent_approved") & paired("lead_approved") & paired("opened"),
                name="disclosure_paired",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None)
                | Q(purpose=DisclosurePurpose.REGULATOR)
                | Q(agent_approved_at__isnull=False, lead_approved_at__isnull=False),
                name="disclosure_approved_before_opened",
            ),
            models.CheckConstraint(
                condition=different("asked_by", *APPROVED_BY, "opened_by"), name="disclosure_nobody_twice"
            ),
            models.CheckConstraint(
                condition=never_by_owner("asked_by", *APPROVED_BY, "opened_by"), name="disclosure_never_by_owner"
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None, bundle_digest=None)
                | Q(opened_at__isnull=False, bundle_digest__isnull=False),
                name="disclosure_opened_with_digest",
            ),
        ]

    def __str__(self) -> str:
        # The reference goes with the archive that was opened.
        return self.case_reference or f"…{self.pk.hex[-6:]}"
