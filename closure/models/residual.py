"""An asset that its owner gives up because the core refuses every way out: owed for ever, never income (B12)."""

from typing import ClassVar

from django.db import models

from accounts.models import Account
from accounts.models.base import OfAccount, never_by_owner
from closure.enums import ResidualState

STANDING = (ResidualState.ASKED, ResidualState.CONFIRMED)


class Residual(OfAccount):
    """One asset, up to an amount; the owner asks, one of the staff decides. `state`: closure.operations.give_up alone.

    It is known by the account's opaque key, the one under which the identity is sealed.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="residuals")
    asset = models.CharField(max_length=64)
    amount = models.CharField(max_length=64, help_text="As text: all of it that was held when it was given up")
    refusals = models.JSONField(help_text="{way out: the core's reason}")
    state = models.CharField(max_length=16, choices=ResidualState, default=ResidualState.ASKED)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "asset given up"
        verbose_name_plural = "assets given up"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account", "asset"], condition=models.Q(state__in=STANDING), name="residual_once_standing"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at=None, decided_by=None)
                | models.Q(decided_at__isnull=False, decided_by__isnull=False),
                name="residual_decision_paired",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ResidualState.ASKED, decided_by=None)
                | models.Q(state=ResidualState.TAKEN_BACK)
                | models.Q(state__in=[ResidualState.CONFIRMED, ResidualState.REFUSED], decided_by__isnull=False),
                name="residual_decided_by_staff",
            ),
            models.CheckConstraint(condition=never_by_owner("decided_by"), name="residual_two_people"),
        ]

    def __str__(self) -> str:
        return self.asset
