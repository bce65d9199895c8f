"""A change of e-mail address or phone number on its way: asked for, authorized, confirmed at the new end, done."""

from typing import ClassVar

from django.db import models

from accounts.enums import MessageChannel
from accounts.models.account import Account
from accounts.models.base import OfAccount
from accounts.models.former_contact import FormerContact


class ContactChange(OfAccount):
    """One change; `value` is the new contact, sealed. One of a kind is open at most; the old one stays until done."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contact_changes")
    kind = models.CharField(max_length=8, choices=MessageChannel)
    value = models.BinaryField(help_text="The new contact, sealed and bound to this row")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    authorized_at = models.DateTimeField(null=True, blank=True, help_text="When a fresh factor allowed it")
    done_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Given up, or taken back by the old contact")
    former = models.ForeignKey(FormerContact, on_delete=models.SET_NULL, null=True, blank=True, related_name="changes")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=models.Q(done_at=None, ended_at=None),
                name="contact_change_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"change of {self.kind}"
