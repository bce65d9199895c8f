"""Addresses that somebody wants to register with, until they prove to be theirs."""

from django.db import models

from accounts.enums import MessageChannel
from accounts.models.base import TimeOrdered


class RegistrationLink(TimeOrdered):
    """One link to an address that has no account: the digest of its token, and the address sealed."""

    channel = models.CharField(max_length=8, choices=MessageChannel)
    contact = models.BinaryField(help_text="The address, sealed and bound to this row")
    language = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"registration link by {self.channel}"
