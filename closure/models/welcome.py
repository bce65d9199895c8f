"""What somebody who comes back after years looks through, and what the core did to their holdings meanwhile."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Account
from accounts.models.base import OfAccount
from closure.enums import CoreNewsKind


class WelcomeBack(OfAccount):
    """One list of tasks; `reviewed` keeps {task: when} of those that its owner pressed. A mandatory one gates."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField()
    away_since = models.DateTimeField(help_text="When its owner was last here")
    password_since = models.DateTimeField(help_text="A password that was chosen from then on is new")
    mandatory = models.BooleanField(help_text="The policy locks dormant accounts: no withdrawal before the end")
    reviewed = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account"], condition=Q(finished_at=None), name="welcome_back_once_open")
        ]

    def __str__(self) -> str:
        return f"back since {self.began_at:%Y-%m-%d}"


class CoreNews(OfAccount):
    """Something that the core did to a holding by itself; `event_id` is its own, so it is kept once."""

    account_id = models.UUIDField()
    event_id = models.CharField(max_length=128, unique=True)
    kind = models.CharField(max_length=16, choices=CoreNewsKind)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account_id", "-at"], name="core_news_latest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
