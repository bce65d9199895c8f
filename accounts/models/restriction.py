"""What stops an account from trading, withdrawing or closing, and until when."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from accounts.enums import RestrictionKind
from accounts.models.account import Account
from accounts.models.base import OfAccount


class Restriction(OfAccount):
    """One restriction; `lifted_at` ends it. Why it was placed is a note of its journal event, for staff only."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="restrictions")
    kind = models.CharField(max_length=32, choices=RestrictionKind)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=64)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=64, blank=True)
    withdrawals_until = models.DateTimeField(
        null=True, blank=True, help_text="Staff released withdrawals until then, while trading stays stopped"
    )
    released_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account", "kind"], condition=models.Q(lifted_at=None), name="restriction_once_active"
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_by="")
                | (models.Q(lifted_at__isnull=False) & ~models.Q(lifted_by="")),
                name="restriction_lift_paired",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawals_until=None, released_by="")
                | (
                    models.Q(withdrawals_until__isnull=False, kind=RestrictionKind.FAILED_VERIFICATION)
                    & ~models.Q(released_by="")
                ),
                name="restriction_release_paired",
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    def lets_withdraw(self, now: datetime) -> bool:
        """Tell whether staff released withdrawals, and for now too."""
        return self.withdrawals_until is not None and now < self.withdrawals_until
