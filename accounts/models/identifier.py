"""Fingerprints by which an account is found and kept single; the plain value of documents is stored nowhere."""

from typing import ClassVar

from django.db import models

from accounts.enums import IdentifierKind
from accounts.models.account import Account
from accounts.models.base import OfAccount


class Identifier(OfAccount):
    """One e-mail, phone, document or national number, as a keyed fingerprint with a masked hint (G08)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=16, choices=IdentifierKind)
    fingerprint = models.BinaryField(max_length=32)
    key_version = models.PositiveSmallIntegerField()
    hint = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "fingerprint"], name="identifier_once"),
            models.UniqueConstraint(fields=["account", "kind"], name="identifier_one_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.hint}"
