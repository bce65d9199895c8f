"""Links that we send: the table keeps the digest of a token, never the token."""

from typing import ClassVar

from django.db import models

from accounts.enums import LinkPurpose, MessageChannel
from accounts.models.account import Account
from accounts.models.base import OfAccount


class MailedLink(OfAccount):
    """One link that was sent to an account, for one purpose about one thing, used once.

    `subject_id` is the opaque key of what it is about, a table of a higher floor. Without `expires_at` it lives as long
    as that thing can be stopped.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mailed_links")
    purpose = models.CharField(max_length=16, choices=LinkPurpose)
    subject_id = models.UUIDField()
    channel = models.CharField(max_length=8, choices=MessageChannel)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="mailed_link_age"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} link by {self.channel}"
