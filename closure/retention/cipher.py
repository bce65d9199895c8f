"""The only encryption of retention: AES-256-GCM, every box bound to its place, every use under a key of its own.

Layout of a box: one byte format, 12 bytes nonce, ciphertext with its tag.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from closure.retention.exceptions import Unreadable

FORMAT = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12
HEAD_BYTES = len(FORMAT) + NONCE_BYTES


def new_key() -> bytes:
    """Return a new random key."""
    return secrets.token_bytes(KEY_BYTES)


def lock(plain: bytes, key: bytes, *, bound_to: str) -> bytes:
    """Return a box of `plain`; `bound_to` names its place and must be the same when it is opened."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def unlock(box: bytes | memoryview, key: bytes, *, bound_to: str) -> bytes:
    """Return what is in a box; raises Unreadable for one that was changed, moved or made with another key."""
    box = bytes(box)
    if len(box) < HEAD_BYTES or not box.startswith(FORMAT):
        raise Unreadable("not a box")
    try:
        return AESGCM(key).decrypt(box[len(FORMAT) : HEAD_BYTES], box[HEAD_BYTES:], bound_to.encode())
    except InvalidTag as error:
        raise Unreadable("it was changed, moved, or is under another key") from error


def derive(key: bytes, use: str) -> bytes:
    """Return the key of one use. Never cached: what a month's key gives must go when the key goes."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"closeout/archive/{use}".encode()).derive(key)


def stretch(passphrase: str, salt: bytes) -> bytes:
    """Return the key that a passphrase of ours gives with this salt (scrypt, 32 MiB, a tenth of a second)."""
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=64 * 1024 * 1024, dklen=KEY_BYTES)


@dataclass(frozen=True, kw_only=True)
class MonthKey:
    """What the key of one purge month gives: one key that wraps, one that finds."""

    month: str
    generation: int
    wrapping: bytes
    finding: bytes

    @classmethod
    def of(cls, key: bytes, month: str, generation: int) -> "MonthKey":
        """Return what a month's key gives."""
        return cls(month=month, generation=generation, wrapping=derive(key, "wrap"), finding=derive(key, "find"))

    def fingerprint(self, base: bytes) -> bytes:
        """Return the fingerprint (32 bytes) by which an identity of this month is found again, from its usual one."""
        return hmac.digest(self.finding, base, hashlib.sha256)
