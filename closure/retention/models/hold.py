"""What keeps an account from closing or an archive from its end: legal holds, and open claims (H05, F08)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models.base import OfAccount, never_by_owner
from closure.retention.enums import ExtensionReason


class LegalHold(OfAccount):
    """One hold of an account, or of one sealed record of it; why is a note of its journal event.

    It stands from the moment it is placed, confirmed or not, until two people lifted it.
    """

    account_id = models.UUIDField(db_index=True)
    record_id = models.UUIDField(null=True, blank=True, help_text="One sealed record only; none: all of the account")
    case_number = models.CharField(max_length=64)
    basis = models.CharField(max_length=200, help_text="The law or order it rests on")
    review_on = models.DateField()
    placed_at = models.DateTimeField()
    placed_by = models.UUIDField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.UUIDField(null=True, blank=True)
    lift_proposed_at = models.DateTimeField(null=True, blank=True)
    lift_proposed_by = models.UUIDField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("placed_by"))),
                name="legal_hold_confirmed_by_second",
            ),
            models.CheckConstraint(
                condition=Q(lift_proposed_at=None, lift_proposed_by=None)
                | Q(lift_proposed_at__isnull=False, lift_proposed_by__isnull=False),
                name="legal_hold_proposal_paired",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | (
                    Q(lifted_at__isnull=False, lifted_by__isnull=False, lift_proposed_by__isnull=False)
                    & ~Q(lifted_by=F("lift_proposed_by"))
                ),
                name="legal_hold_lifted_by_second",
            ),
            models.CheckConstraint(
                condition=never_by_owner("placed_by", "confirmed_by", "lift_proposed_by", "lifted_by"),
                name="legal_hold_never_by_owner",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account_id"], condition=Q(lifted_at=None), name="legal_hold_standing")
        ]

    def __str__(self) -> str:
        # The number goes with the archive that was held.
        return self.case_number or f"…{self.pk.hex[-6:]}"


class Extension(OfAccount):
    """Something of the account that is not settled yet: its archive stays until it is, however late that is."""

    account_id = models.UUIDField(db_index=True)
    reason = models.CharField(max_length=16, choices=ExtensionReason)
    reference_id = models.UUIDField(unique=True, help_text="The key of what is not settled")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account_id"], condition=Q(closed_at=None), name="extension_open")
        ]

    def __str__(self) -> str:
        return self.reason
