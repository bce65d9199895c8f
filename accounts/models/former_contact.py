"""Contacts that an account had until lately: who holds one is told when somebody closes the account (D08)."""

from typing import ClassVar

from django.db import models

from accounts.enums import MessageChannel
from accounts.models.account import Account
from accounts.models.base import OfAccount


class FormerContact(OfAccount):
    """One former e-mail address or phone number, sealed; accounts.contacts keeps it for some days only."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="former_contacts")
    kind = models.CharField(max_length=8, choices=MessageChannel)
    value = models.BinaryField(help_text="The address, sealed and bound to this row")
    fingerprint = models.BinaryField(max_length=32, null=True, blank=True)
    replaced_at = models.DateTimeField(db_index=True)
    held_until = models.DateTimeField(null=True, blank=True, help_text="Nobody else may take it: it can be taken back")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "-replaced_at"], name="former_contact_latest"),
            models.Index(
                fields=["fingerprint"], condition=models.Q(held_until__isnull=False), name="former_contact_held"
            ),
        ]

    def __str__(self) -> str:
        return f"former {self.kind}"
