"""Keyed fingerprints of identifiers: what tables hold instead of a document number, and by which people are found."""

import hashlib
import hmac

from accounts import keys
from accounts.enums import IdentifierKind

KEY_PURPOSE = "fingerprint"


def fingerprint(kind: IdentifierKind, normal: str, version: int | None = None) -> bytes:
    """Return the keyed fingerprint (32 bytes) of a normal form, with the newest key unless told otherwise (G08)."""
    key = keys.derive(KEY_PURPOSE, version if version is not None else keys.newest_version())
    return hmac.digest(key, f"{kind.value}\x00{normal}".encode(), hashlib.sha256)


def every(kind: IdentifierKind, normal: str) -> list[bytes]:
    """Return the fingerprints of a normal form under every key on the ring, newest first."""
    return [fingerprint(kind, normal, version) for version in keys.versions()]
