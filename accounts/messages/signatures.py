"""Signed calls from machines: HMAC-SHA256 over method, path, digest of the body and time, as to the exchange core."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

WINDOW = timedelta(seconds=60)
LEAST_KEY = 32
# Seconds since 1970 have ten digits for the next two centuries.
MAX_DIGITS = 12


def sign(key: str, *, method: str, path: str, body: bytes, time: str) -> str:
    """Return the signature (hex) of a call made at `time`, in seconds since 1970."""
    signed = "\n".join([method, path, hashlib.sha256(body).hexdigest(), time])
    return hmac.digest(key.encode(), signed.encode(), hashlib.sha256).hex()


def is_signed(key: str, *, method: str, path: str, body: bytes, time: str, signature: str, now: datetime) -> bool:
    """Tell whether somebody with the key made this call within a minute of now."""
    if len(key) < LEAST_KEY or not (time.isascii() and time.isdigit() and len(time) <= MAX_DIGITS):
        return False
    expected = sign(key, method=method, path=path, body=body, time=time)
    fresh = abs(now - datetime.fromtimestamp(int(time), UTC)) <= WINDOW
    return hmac.compare_digest(expected.encode(), signature.encode(errors="replace")) and fresh
