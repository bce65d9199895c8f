"""Money that arrived after deposits were locked: credited to nobody, owed to whom the account belonged to (F08)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Case
from accounts.models.base import OfAccount, never_by_owner
from closure.enums import ClaimOutcome

EVENT_ID_LENGTH, ASSET_LENGTH, AMOUNT_LENGTH = 128, 32, 64


class DepositClaim(OfAccount):
    """One late deposit, by the core's own event. It knows the account by its opaque key, as the sealed archive does.

    `asset` and `amount` are the texts that the core gave. It is open until a second person settled it.
    """

    account_id = models.UUIDField(db_index=True)
    event_id = models.CharField(max_length=EVENT_ID_LENGTH, unique=True, help_text="The core's own key of the event")
    asset = models.CharField(max_length=ASSET_LENGTH)
    amount = models.CharField(max_length=AMOUNT_LENGTH)
    arrived_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=16, choices=ClaimOutcome, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.UUIDField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(outcome="", proposed_at=None, proposed_by=None)
                | (~Q(outcome="") & Q(proposed_at__isnull=False, proposed_by__isnull=False)),
                name="claim_proposal_paired",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | (
                    Q(settled_at__isnull=False, settled_by__isnull=False, proposed_by__isnull=False)
                    & ~Q(settled_by=F("proposed_by"))
                ),
                name="claim_settled_by_second",
            ),
            models.CheckConstraint(condition=never_by_owner("proposed_by", "settled_by"), name="claim_never_by_owner"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["opened_at", "id"], condition=Q(settled_at=None), name="claim_open")
        ]

    def __str__(self) -> str:
        return self.event_id
