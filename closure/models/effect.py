"""What must happen outside the database: written with the change that wants it, done by the worker, each once."""

from typing import ClassVar

from django.db import models

from accounts.models.base import OfAccount
from closure.enums import EffectState
from closure.models.request import ClosureRequest

# No closure has it on its page: the console lists it by itself until it is done.
IS_BESIDE = models.Q(request=None, state__in=[EffectState.PENDING, EffectState.PARKED])


class Effect(OfAccount):
    """One call to the core; `key` is its idempotency key, `reference:step` (invariant 7).

    Without a `request` it belongs to no closure: its owner disabled the account, or came back (E06).
    """

    account_id = models.UUIDField(db_index=True)
    request = models.ForeignKey(ClosureRequest, null=True, blank=True, on_delete=models.CASCADE, related_name="effects")
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=8, choices=EffectState, default=EffectState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "call beside closures"
        verbose_name_plural = "calls beside closures"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=models.Q(state=EffectState.PENDING), name="effect_waiting"),
            models.Index(fields=["request"], condition=models.Q(state=EffectState.PARKED), name="effect_parked"),
            models.Index(fields=["created_at"], condition=IS_BESIDE, name="effect_beside"),
        ]

    def __str__(self) -> str:
        return self.key
