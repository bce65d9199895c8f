"""A remedy that its owner confirmed: what it does, move by move, and what became of each (B12)."""

from typing import ClassVar

from django.db import models

from accounts.models import Account
from accounts.models.base import OfAccount
from closure.enums import RemedyCode, RemedyState

DIGEST_LENGTH = 64


class RemedyRun(OfAccount):
    """One confirmation under one idempotency key; `state` is written by closure.operations.remedy alone."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="remedies")
    code = models.CharField(max_length=32, choices=RemedyCode)
    key_digest = models.CharField(max_length=DIGEST_LENGTH, help_text="SHA-256 of the caller's idempotency key")
    confirmed = models.CharField(max_length=DIGEST_LENGTH, help_text="Digest of the preview that was confirmed")
    moves = models.JSONField(help_text="[{call, facts, line, state, reason, effect}], in the order they are made")
    state = models.CharField(max_length=16, choices=RemedyState, default=RemedyState.DOING)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    working_until = models.DateTimeField(null=True, blank=True, help_text="Until then somebody is at it")
    next_try_at = models.DateTimeField(help_text="When the worker asks again, where nobody else did")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "key_digest"], name="remedy_once_a_key"),
            models.CheckConstraint(
                condition=models.Q(state=RemedyState.DOING, ended_at=None)
                | (~models.Q(state=RemedyState.DOING) & models.Q(ended_at__isnull=False)),
                name="remedy_end_paired",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_try_at"], condition=models.Q(state=RemedyState.DOING), name="remedy_doing"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.state})"
