"""A recovery of lost factors: what was lost, what two of staff decided, and when it takes effect (J04, L04)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.enums import FactorKind, MessageChannel, RecoveryState
from accounts.models.account import Account
from accounts.models.base import OfAccount, different, never_by_owner, paired
from accounts.models.case import Case

OPEN = (RecoveryState.DRAFT, RecoveryState.SUBMITTED, RecoveryState.NEEDS_MORE, RecoveryState.WAITING)
CONFIRMED = (RecoveryState.WAITING, RecoveryState.DONE)


class FactorRecovery(OfAccount):
    """One recovery; of an account one is open at most. Its case has the reference, the texts and the photos.

    `lost` are kinds of factors. Where one of them is a contact, `new_value` is the one that takes its place, sealed;
    it counts once its code came back. `due_at` is when what staff confirmed takes effect.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="factor_recoveries")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="factor_recovery")
    state = models.CharField(max_length=16, choices=RecoveryState)
    version = models.PositiveIntegerField(default=1)
    carried_by = models.CharField(max_length=8, choices=MessageChannel, help_text="How the link came")
    given = models.CharField(
        max_length=8,
        choices=FactorKind,
        blank=True,
        help_text="What was given beside the link; empty where documents stand for it, or it was not kept yet",
    )
    lost = models.JSONField(help_text="Kinds of factors that were lost")
    new_kind = models.CharField(max_length=8, choices=MessageChannel, blank=True)
    new_value = models.BinaryField(null=True, blank=True, help_text="The new contact, sealed and bound to this row")
    new_confirmed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="When it last moved")
    submitted_at = models.DateTimeField(null=True, blank=True)
    broken = models.JSONField(default=list, help_text="Rules that a refusal, or asking for better photos, names")
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.UUIDField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.UUIDField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=16, blank=True)

    class Meta:
        verbose_name_plural = "factor recoveries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(state=RecoveryState.WAITING), name="recovery_due"),
            models.Index(fields=["id"], condition=Q(state__in=OPEN), name="recovery_open"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account"], condition=Q(state__in=OPEN), name="recovery_one_open"),
            models.CheckConstraint(condition=Q(state__in=RecoveryState.values), name="recovery_state_known"),
            models.CheckConstraint(condition=paired("proposed"), name="recovery_proposal_paired"),
            models.CheckConstraint(condition=paired("confirmed"), name="recovery_confirmation_paired"),
            models.CheckConstraint(
                condition=~Q(state__in=CONFIRMED)
                | Q(proposed_by__isnull=False, confirmed_by__isnull=False, due_at__isnull=False),
                name="recovery_confirmed_by_two",
            ),
            models.CheckConstraint(
                condition=different("proposed_by", "confirmed_by"), name="recovery_confirmed_by_another"
            ),
            models.CheckConstraint(
                condition=never_by_owner("proposed_by", "confirmed_by"), name="recovery_never_by_owner"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_at=None) | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
                name="recovery_end_paired",
            ),
            models.CheckConstraint(
                condition=Q(new_kind="", new_value=None) | (~Q(new_kind="") & Q(new_value__isnull=False)),
                name="recovery_contact_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"recovery {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it can still lead to something."""
        return self.state in OPEN
