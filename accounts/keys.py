"""Keys by purpose: each use derives its own from the ring, so that a key never serves two ends."""

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@lru_cache(maxsize=256)
def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"closeout/{purpose}".encode()).derive(master)


def newest_version() -> int:
    """Return the version of the key that writes now."""
    version: int = settings.FINGERPRINT_KEYS.newest
    return version


def versions() -> list[int]:
    """Return all versions that can still read, newest first."""
    return [version for version, _key in settings.FINGERPRINT_KEYS.keys]


def derive(purpose: str, version: int) -> bytes:
    """Return the 32-byte key of `purpose` from ring version `version`; raises KeyError when it left the ring."""
    return _derive(settings.FINGERPRINT_KEYS.get(version), purpose)
