"""Small secrets at rest (TOTP keys, outbox payloads): AES-256-GCM under a key of their purpose, bound to their row.

Layout: one byte format, two bytes key version, 12 bytes nonce, ciphertext with tag. The archive has keys of its own
(closure.retention); this serves the lowest floor, which cannot import it (docs/decisions/0004).
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts import keys

FORMAT = 1
NONCE_BYTES = 12
HEAD_BYTES = 3


class Unreadable(ValueError):
    """The bytes were changed, belong to another row or purpose, or their key is gone."""


def seal(plain: bytes, *, purpose: str, bound_to: str) -> bytes:
    """Encrypt `plain`; `bound_to` names the row (table and id) and must be the same when opening."""
    version = keys.newest_version()
    nonce = secrets.token_bytes(NONCE_BYTES)
    box = AESGCM(keys.derive(purpose, version)).encrypt(nonce, plain, bound_to.encode())
    return bytes([FORMAT]) + version.to_bytes(2, "big") + nonce + box


def open_sealed(sealed: bytes, *, purpose: str, bound_to: str) -> bytes:
    """Decrypt what `seal` made; raises Unreadable for anything else."""
    sealed = bytes(sealed)
    if len(sealed) < HEAD_BYTES + NONCE_BYTES or sealed[0] != FORMAT:
        raise Unreadable("not a sealed value")
    version = int.from_bytes(sealed[1:HEAD_BYTES], "big")
    nonce, box = sealed[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES], sealed[HEAD_BYTES + NONCE_BYTES :]
    try:
        return AESGCM(keys.derive(purpose, version)).decrypt(nonce, box, bound_to.encode())
    except (InvalidTag, KeyError) as error:
        raise Unreadable("a sealed value does not open") from error
