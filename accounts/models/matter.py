"""What an owner and staff settle together: what restricts the account, or an identity that is to be shown again."""

from typing import ClassVar

from django.db import models

from accounts.enums import MatterKind
from accounts.models.account import Account
from accounts.models.base import OfAccount, never_by_owner, paired
from accounts.models.case import Case


class Matter(OfAccount):
    """One matter, with the case in which it is spoken of; it is open until the case is resolved.

    `country` and `region` are where the owner says that they live now. `accepted_by` is who of staff looked at what was
    sent and took it as proof. `asked_at` is when staff asked for more, and `broken` the rules that they named then, or
    when they refused it.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="matters")
    kind = models.CharField(max_length=32, choices=MatterKind)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="matter")
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=16, blank=True)
    opened_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.UUIDField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_by = models.UUIDField(null=True, blank=True)
    broken = models.JSONField(default=list, help_text="Rules that a refusal, or asking for more, names")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=paired("accepted"), name="matter_acceptance_paired"),
            models.CheckConstraint(condition=never_by_owner("accepted_by"), name="matter_never_accepted_by_owner"),
            models.CheckConstraint(condition=paired("refused"), name="matter_refusal_paired"),
            models.CheckConstraint(condition=never_by_owner("refused_by"), name="matter_never_refused_by_owner"),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(refused_at=None), name="matter_accepted_or_refused"
            ),
        ]

    def __str__(self) -> str:
        return self.kind
