"""Sign-ins and the sessions they open."""

from typing import ClassVar

from django.db import models

from accounts.enums import FactorKind, SessionKind, SignInResult
from accounts.models.account import Account
from accounts.models.base import OfAccount, TimeOrdered


class SignIn(OfAccount):
    """One sign-in as its owner may see it; the address is kept as a keyed digest plus a shortened hint."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField()
    result = models.CharField(max_length=16, choices=SignInResult)
    factor = models.CharField(max_length=16, choices=FactorKind)
    address_hint = models.CharField(max_length=64, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)
    device = models.BinaryField(max_length=32, null=True, help_text="Keyed digest of browser family and network")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "-at"], name="sign_in_recent")]

    def __str__(self) -> str:
        return f"{self.result} {self.at:%Y-%m-%d %H:%M}"


class Session(TimeOrdered):
    """A session with somebody behind it; the key lives in the cookie, the table has its digest only."""

    key_digest = models.BinaryField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=SessionKind)
    account_id = models.UUIDField(db_index=True)
    data = models.TextField()
    created_at = models.DateTimeField()
    active_at = models.DateTimeField(null=True, help_text="Written at most once a minute; an idle session ends")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} session"
