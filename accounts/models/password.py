"""Passwords an account had: none of them is ever taken again (N01)."""

from typing import ClassVar

from django.db import models

from accounts.models.account import Account
from accounts.models.base import OfAccount


class PasswordUsed(OfAccount):
    """One former password as its argon2 hash, the same kind of secret as the one in use."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passwords_used")
    encoded = models.CharField(max_length=128)
    replaced_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "-replaced_at"], name="password_used_latest")
        ]

    def __str__(self) -> str:
        return f"password until {self.replaced_at:%Y-%m-%d}"
