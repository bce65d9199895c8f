"""Backup codes: ten, shown once, kept as keyed digests, each good for one sign-in and for nothing else."""

import hashlib
import hmac
from typing import ClassVar

from django.db import models

from accounts import keys
from accounts.codes import Answer
from accounts.enums import FactorKind, Purpose
from accounts.ids import REFERENCE_ALPHABET
from accounts.models.account import Account
from accounts.models.base import OfAccount
from accounts.models.factor import BaseDevice

KEY_PURPOSE = "backup-code"
LETTERS = 10


class BackupDevice(BaseDevice):
    """The set of codes of an account; a new set replaces the codes, not the device."""

    kind = FactorKind.BACKUP
    user = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="backup_devices")

    @staticmethod
    def read(text: str) -> str:
        """Return a code in capitals, without the spaces and dashes people type; empty when it cannot be one."""
        plain = "".join(letter for letter in text[:32].upper() if letter.isalnum())
        return plain if len(plain) == LETTERS and set(plain) <= set(REFERENCE_ALPHABET) else ""

    def accepts(self, answer: Answer) -> bool:
        """Spend one code of the set, for signing in alone: it opens no ceremony of closing and no change."""
        if answer.purpose != Purpose.SIGN_IN:
            return False
        digests = [self.digest_of(answer.code, version) for version in keys.versions()]
        unused = BackupCode.objects.filter(device=self, digest__in=digests, used_at=None)
        return unused.update(used_at=answer.now) == 1

    def digest_of(self, code: str, version: int) -> bytes:
        """Return what a row keeps of a code."""
        bound = b"\x00".join((self.user_id.bytes, self.id.bytes, code.encode()))
        return hmac.digest(keys.derive(KEY_PURPOSE, version), bound, hashlib.sha256)


class BackupCode(OfAccount):
    """One code of a set."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="backup_codes")
    device = models.ForeignKey(BackupDevice, on_delete=models.CASCADE, related_name="codes")
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["device", "digest"], name="backup_code_once")
        ]

    def __str__(self) -> str:
        return "backup code"
