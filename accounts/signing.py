"""Signatures that anybody can check without us: Ed25519, a key of its own for each kind of text (F07, H07).

The keys are derived from SIGNING_KEY, so that what is signed as one kind never passes as another. A key that was
replaced stays in RETIRED_SIGNING_KEYS: what it signed can still be checked, and nothing is signed with it.
"""

import hashlib
from enum import StrEnum
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

KEY_ID_LETTERS = 16


class Signed(StrEnum):
    """What is signed."""

    RECEIPT = "receipt"
    CHECKPOINT = "checkpoint"
    BUNDLE = "bundle"
    PAGE = "page"


def sign(kind: Signed, message: bytes) -> bytes:
    """Return the signature (64 bytes) of exactly these bytes."""
    return _private(settings.SIGNING_KEY, kind).sign(message)


def is_signed(kind: Signed, message: bytes, signature: bytes) -> bool:
    """Tell whether one of our keys for this kind, today's or a retired one, signed exactly these bytes."""
    for key in public_keys(kind):
        try:
            key.verify(signature, message)
        except InvalidSignature:
            continue
        return True
    return False


def public_keys(kind: Signed) -> list[Ed25519PublicKey]:
    """Return the public keys of a kind, the one that signs now first."""
    return [_private(seed, kind).public_key() for seed in (settings.SIGNING_KEY, *settings.RETIRED_SIGNING_KEYS)]


def raw(key: Ed25519PublicKey) -> bytes:
    """Return a public key as its 32 bytes."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def pem(key: Ed25519PublicKey) -> str:
    """Return a public key as tools such as openssl read it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def key_id(key: Ed25519PublicKey) -> str:
    """Return the name of a public key: the start of its SHA-256, in hex."""
    return hashlib.sha256(raw(key)).hexdigest()[:KEY_ID_LETTERS]


@lru_cache(maxsize=32)
def _private(seed: bytes, kind: Signed) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"closeout/sign/{kind}".encode()).derive(seed)
    return Ed25519PrivateKey.from_private_bytes(derived)
