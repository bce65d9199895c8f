"""Backup codes: ten at a time, shown once; a new set makes the one before worthless."""

import secrets
from datetime import datetime

from accounts import keys
from accounts.enums import FactorKind
from accounts.ids import REFERENCE_ALPHABET
from accounts.models import Account, BackupCode, BackupDevice
from accounts.models.backup import LETTERS

COUNT = 10
GROUP = 5


def new_set(account: Account, *, now: datetime) -> tuple[BackupDevice, list[str], bool]:
    """Return the device, ten new codes as people read them, and whether they replace a set; the account is locked."""
    found: BackupDevice | None = BackupDevice.objects.filter(user=account).first()
    device = found or BackupDevice.objects.create(
        user=account, name=FactorKind.BACKUP.value, confirmed=True, created_at=now
    )
    BackupCode.objects.filter(device=device).delete()
    plain = ["".join(secrets.choice(REFERENCE_ALPHABET) for _letter in range(LETTERS)) for _code in range(COUNT)]
    version = keys.newest_version()
    BackupCode.objects.bulk_create(
        BackupCode(account=account, device=device, digest=device.digest_of(code, version), created_at=now)
        for code in plain
    )
    return device, [f"{code[:GROUP]}-{code[GROUP:]}" for code in plain], found is not None


def left(account: Account) -> int:
    """Return how many codes still work."""
    return BackupCode.objects.filter(account=account, used_at=None).count()
