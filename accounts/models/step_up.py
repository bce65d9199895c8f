"""A verification as a row: who, for what, bound to which action, until when, used or not (D07)."""

from typing import ClassVar

from django.db import models

from accounts.enums import Purpose
from accounts.models.account import Account
from accounts.models.base import OfAccount


class StepUp(OfAccount):
    """One ceremony. `digest` names the action it authorizes; `passed` lists the factors given so far."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="step_ups")
    purpose = models.CharField(max_length=32, choices=Purpose)
    digest = models.BinaryField(max_length=32)
    kinds = models.JSONField(help_text="Factor kinds accepted")
    needed = models.PositiveSmallIntegerField()
    second_factor_required = models.BooleanField()
    passed = models.JSONField(default=list, help_text="[{device, kind, at}]")
    window_seconds = models.PositiveIntegerField()
    extensions_left = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="Set anew when the first factor is given: the window counts from it")
    used_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account", "purpose"],
                condition=models.Q(used_at=None, replaced_at=None),
                name="step_up_one_open_a_purpose",
            )
        ]

    def __str__(self) -> str:
        return f"verification for {self.purpose}"


class Attempt(models.Model):
    """Failures of one subject for one purpose in one window; spent before the work, given back on success."""

    id = models.BigAutoField(primary_key=True)
    subject = models.UUIDField(help_text="An account, or a keyed stand-in for an identifier nobody has")
    purpose = models.CharField(max_length=32)
    window = models.CharField(max_length=8, help_text="'short' (15 min) or 'day'")
    started_at = models.DateTimeField()
    failures = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject", "purpose", "window"], name="attempt_once")
        ]

    def __str__(self) -> str:
        return f"{self.failures} failures for {self.purpose}"
