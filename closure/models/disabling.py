"""A time that an account was disabled: whether it was looked at since the core froze it, and what stood there (E06)."""

from typing import ClassVar

from django.db import models

from accounts.models import Case
from accounts.models.base import OfAccount
from closure.models.effect import Effect


class Disabling(OfAccount):
    """One disabling, known by the call that freezes the account for it; without `looked_at` the look is still to come.

    `left` is what nobody looks after while it is disabled: {area: "blocked", or "unknown" where nobody could read it}.
    """

    account_id = models.UUIDField(db_index=True)
    freeze = models.OneToOneField(Effect, on_delete=models.CASCADE, related_name="disabling")
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    looked_at = models.DateTimeField(null=True, blank=True)
    left = models.JSONField(default=dict)
    case = models.OneToOneField(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="disabling")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=models.Q(looked_at=None), name="disabling_to_look"),
        ]

    def __str__(self) -> str:
        return str(self.freeze_id)
