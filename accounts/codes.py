"""One-time codes: random digits, kept as a keyed digest bound to one account, device, step-up and purpose."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from accounts import keys

DIGITS = 6
KEY_PURPOSE = "one-time-code"
# Clocks of two hosts differ by no more; what was made later than that by the clock of now was made by another clock.
SKEW = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody typed, for which step-up and to what end: the token that devices verify."""

    code: str
    step_up_id: UUID
    purpose: str
    now: datetime


def new_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def clean(text: str) -> str:
    """Return a code without the spaces and dashes people type; anything but six digits becomes empty."""
    digits = "".join(text[:32].split()).replace("-", "")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else ""


def digest(code: str, *, account_id: UUID, device_id: UUID, step_up_id: UUID, purpose: str, version: int) -> bytes:
    """Return the keyed digest (32 bytes) of a code in its one context (D07)."""
    bound = b"\x00".join((account_id.bytes, device_id.bytes, step_up_id.bytes, purpose.encode(), code.encode()))
    return hmac.digest(keys.derive(KEY_PURPOSE, version), bound, hashlib.sha256)
