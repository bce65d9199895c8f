"""Factors as django-otp devices with keys of our own (docs/decisions/0006)."""

import hmac
import time
from typing import Any, ClassVar

from django.db import models
from django_otp.models import Device, DeviceManager
from django_otp.oath import hotp

from accounts import codes, keys, sealed
from accounts.codes import Answer
from accounts.enums import FactorKind, Purpose
from accounts.ids import uuid7
from accounts.models.account import Account
from accounts.models.base import OfAccount, set_shard

TOTP_KEY_PURPOSE = "totp"
TOTP_STEP_SECONDS = 30


class BaseDevice(Device):
    """UUIDv7 key; its integer form in `persistent_id`, because django-otp parses ids with int() and refuses others."""

    kind: ClassVar[FactorKind]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shard = models.PositiveSmallIntegerField(editable=False)
    created_at = models.DateTimeField()

    objects = DeviceManager()

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_shard(self, of="user_id")

    @property
    def persistent_id(self) -> str:
        """Label and integer key, the only form `Device.from_persistent_id` finds again."""
        return f"{self.model_label()}/{self.id.int}"

    def verify_token(self, token: object) -> bool:
        """Check what was typed, once; django-otp calls this with the device's row locked.

        Only a confirmed device verifies (invariant 12), and only an `Answer`: a bare text names no step-up.
        """
        return self.confirmed and isinstance(token, Answer) and bool(token.code) and self.accepts(token)

    @staticmethod
    def read(text: str) -> str:
        """Return what was typed in the form that `accepts` compares; empty when it cannot be right."""
        return codes.clean(text)

    def accepts(self, answer: Answer) -> bool:
        """Spend the code of `answer` when it is right."""
        raise NotImplementedError

    def spend_live(self, code: str, answer: Answer) -> bool:
        """Spend the live one-time code of this device and step-up by compare-and-set, if `code` is it.

        A code made by a clock that was ahead counts as run out: set back an hour, it must not open again.
        """
        live = OneTimeCode.objects.filter(
            account_id=self.user_id, device_id=self.id, step_up_id=answer.step_up_id, used_at=None
        ).filter(expires_at__gt=answer.now, created_at__lte=answer.now + codes.SKEW)
        row = live.order_by("-created_at").first()
        if row is None or not row.matches(code):
            return False
        return OneTimeCode.objects.filter(pk=row.pk, used_at=None).update(used_at=answer.now) == 1


class CodeDevice(BaseDevice):
    """A contact of the account that gets codes sent.

    `barred_until`: the password was reset through this contact, so until then it proves nothing more (J03).
    """

    barred_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def accepts(self, answer: Answer) -> bool:
        """Spend the code that was sent."""
        return self.spend_live(answer.code, answer)


class EmailDevice(CodeDevice):
    """Codes to the account's e-mail address."""

    kind = FactorKind.EMAIL
    user = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="email_devices")


class SmsDevice(CodeDevice):
    """Codes to the account's phone."""

    kind = FactorKind.SMS
    user = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sms_devices")


class TotpDevice(BaseDevice):
    """An authenticator app; the secret is sealed, `last_step` refuses a time step twice."""

    kind = FactorKind.TOTP
    user = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="totp_devices")
    secret = models.BinaryField()
    last_step = models.BigIntegerField(default=-1)

    @property
    def key(self) -> bytes:
        """The shared secret in plain; raises Unreadable when its key left the ring."""
        return sealed.open_sealed(bytes(self.secret), purpose=TOTP_KEY_PURPOSE, bound_to=self.bound_to)

    @property
    def bound_to(self) -> str:
        """The row that the sealed secret belongs to."""
        return f"accounts_totpdevice/{self.id}"

    def accepts(self, answer: Answer) -> bool:
        """Accept the code of this time step or the one before, each step once."""
        return self.spend_step(answer.code)

    def spend_step(self, code: str) -> bool:
        """Spend the time step whose code this is; real time, not the portal's: authenticators know no other."""
        current = int(time.time()) // TOTP_STEP_SECONDS
        for step in (current, current - 1):
            if step > self.last_step and hmac.compare_digest(totp_code(self.key, step), code):
                unspent = TotpDevice.objects.filter(pk=self.pk, last_step__lt=step)
                return bool(unspent.update(last_step=step))
        return False

    def code_at(self, seconds: float) -> str:
        """Return the code that an authenticator shows at a Unix time."""
        return totp_code(self.key, int(seconds) // TOTP_STEP_SECONDS)


def totp_code(key: bytes, step: int) -> str:
    """Return the six digits of one time step (RFC 6238)."""
    return f"{hotp(key, step):0{codes.DIGITS}d}"


class OneTimeCode(OfAccount):
    """A mailed or texted code: keyed digest only, for one step-up, spent once."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="one_time_codes")
    device_id = models.UUIDField()
    step_up_id = models.UUIDField()
    purpose = models.CharField(max_length=32, choices=Purpose)
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["device_id", "step_up_id", "-created_at"], name="one_time_code_latest")
        ]

    def __str__(self) -> str:
        return f"code for {self.purpose}"

    def matches(self, code: str) -> bool:
        """Compare a typed code with the digest, under every key on the ring."""
        kept = bytes(self.digest)
        return any(hmac.compare_digest(kept, self.digest_of(code, version)) for version in keys.versions())

    def digest_of(self, code: str, version: int) -> bytes:
        """Return what this row would keep of `code`."""
        return codes.digest(
            code,
            account_id=self.account_id,
            device_id=self.device_id,
            step_up_id=self.step_up_id,
            purpose=str(self.purpose),
            version=version,
        )
