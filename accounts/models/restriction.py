"""What stops an account from trading, withdrawing or closing, and until when; some of it two people lift."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.enums import TIPPING_OFF, RestrictionKind
from accounts.models.account import Account
from accounts.models.base import OfAccount, never_by_owner, paired


class Restriction(OfAccount):
    """One restriction; `lifted_at` ends it. Why it was placed is a note of its journal event, for staff only.

    `placer_id` is who of staff placed it, None where the core or the portal did: a legal or risk hold that a person
    placed is confirmed by a second. `lift_asked_at` is when the core asked to lift what it may not lift by itself.
    `lift_confirmed_by` is the second person of a lift that needs two; it is the one of `lifted_by`.
    `debt_asked_at` is when the core was last asked what a negative balance is made of, None where it is to be asked.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="restrictions")
    kind = models.CharField(max_length=32, choices=RestrictionKind)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=64)
    placer_id = models.UUIDField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.UUIDField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=64, blank=True)
    withdrawals_until = models.DateTimeField(
        null=True, blank=True, help_text="Staff released withdrawals until then, while trading stays stopped"
    )
    released_by = models.CharField(max_length=64, blank=True)
    lift_asked_at = models.DateTimeField(null=True, blank=True)
    lift_proposed_at = models.DateTimeField(null=True, blank=True)
    lift_proposed_by = models.UUIDField(null=True, blank=True)
    lift_confirmed_by = models.UUIDField(null=True, blank=True)
    debt_asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["debt_asked_at", "id"],
                condition=Q(kind=RestrictionKind.NEGATIVE_BALANCE, lifted_at=None),
                name="restriction_unsettled",
            ),
        ]
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
                condition=Q(withdrawals_until=None, released_by="")
                | (Q(withdrawals_until__isnull=False, kind=RestrictionKind.FAILED_VERIFICATION) & ~Q(released_by="")),
                name="restriction_release_paired",
            ),
            models.CheckConstraint(condition=paired("lift_proposed"), name="restriction_proposal_paired"),
            models.CheckConstraint(condition=paired("confirmed"), name="restriction_confirmation_paired"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None)
                | (Q(placer_id__isnull=False) & ~Q(confirmed_by=F("placer_id")) & ~Q(confirmed_by=F("account_id"))),
                name="restriction_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(TIPPING_OFF))
                | Q(lifted_at=None, lift_confirmed_by=None)
                | (
                    Q(lifted_at__isnull=False, lift_proposed_by__isnull=False, lift_confirmed_by__isnull=False)
                    & ~Q(lift_confirmed_by=F("lift_proposed_by"))
                ),
                name="restriction_lifted_by_two",
            ),
            models.CheckConstraint(
                condition=never_by_owner("lift_proposed_by", "lift_confirmed_by"),
                name="restriction_never_lifted_by_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    def lets_withdraw(self, now: datetime) -> bool:
        """Tell whether staff released withdrawals, and for now too."""
        return self.withdrawals_until is not None and now < self.withdrawals_until
