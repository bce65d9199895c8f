"""What leaves an archive: its records as text, with their digests, signed, then encrypted under a passphrase (F05).

The file: a name of its form, a salt, and one box (cipher.py) under the key that the passphrase gives. In the box: a
signature (64 bytes) and the canonical JSON that it signs. So every byte counts, for who has the passphrase too.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import signing
from accounts.exceptions import PortalError
from accounts.ids import REFERENCE_ALPHABET
from accounts.journal import canonical
from accounts.signing import Signed
from closure.retention import cipher, schedule
from closure.retention.enums import RecordClass
from closure.retention.exceptions import Unreadable
from closure.retention.models import ArchiveRecord, Disclosure

MAGIC = b"closeout-bundle-1\n"
SALT_BYTES = 16
HEAD_BYTES = len(MAGIC) + SALT_BYTES
SIGNATURE_BYTES = 64
KIND = "closeout.bundle"
VERSION = 1
# 24 letters of 5 random bits each.
GROUPS, GROUP_LETTERS = 6, 4


class BundleRefused(PortalError):
    """The file is not a bundle of ours as we gave it out, or the passphrase is another one."""

    code = "bundle_refused"


@dataclass(frozen=True, kw_only=True)
class Lock:
    """The key of one bundle and the salt it came from; no other bundle has either."""

    salt: bytes
    key: bytes

    @classmethod
    def under(cls, passphrase: str) -> "Lock":
        """Return a new lock; takes a tenth of a second, so make it before anything is locked in the database."""
        salt = secrets.token_bytes(SALT_BYTES)
        return cls(salt=salt, key=cipher.stretch(normal(passphrase), salt))


def new_passphrase() -> str:
    """Return a passphrase of 120 random bits, in groups that can be read out, such as 7F2A-94KD-..."""
    letters = "".join(secrets.choice(REFERENCE_ALPHABET) for _letter in range(GROUPS * GROUP_LETTERS))
    return "-".join(letters[at : at + GROUP_LETTERS] for at in range(0, len(letters), GROUP_LETTERS))


def normal(passphrase: str) -> str:
    """Return the one spelling of a passphrase, however it was typed; raises BundleRefused for what cannot be one."""
    letters = "".join(passphrase[:256].split()).replace("-", "").upper()
    if len(letters) != GROUPS * GROUP_LETTERS or not set(letters) <= set(REFERENCE_ALPHABET):
        raise BundleRefused(
            _("A passphrase has 24 letters and digits, without 0, O, 1 and I. Check what was typed."),
            code="bad_passphrase",
        )
    return letters


def contents(disclosure: Disclosure, opened: Sequence[tuple[ArchiveRecord, bytes]], *, now: datetime) -> dict[str, Any]:
    """Return what a bundle says: whom it is for, each record with its digest, and the records as they were sealed.

    Raises Unreadable for a record that is no text.
    """
    return {
        "v": VERSION,
        "kind": KIND,
        "disclosure": str(disclosure.pk),
        "purpose": disclosure.purpose,
        "reference": disclosure.case_reference,
        "account": str(disclosure.account_id),
        "opened_at": _text(now),
        "issuer": {"name": settings.PORTAL_BRAND, "origin": settings.PORTAL_ORIGIN},
        "key": signing.key_id(signing.public_keys(Signed.BUNDLE)[0]),
        "manifest": [_entry(record, plain) for record, plain in opened],
        "records": [_as_text(record, plain) for record, plain in opened],
    }


def seal(said: Mapping[str, Any], lock: Lock) -> bytes:
    """Return the file of a bundle."""
    body = canonical(said)
    plain = signing.sign(Signed.BUNDLE, body) + body
    return MAGIC + lock.salt + cipher.lock(plain, lock.key, bound_to=KIND)


def open_bundle(file: bytes, passphrase: str) -> Mapping[str, Any]:
    """Return what a bundle says; raises BundleRefused for any other file, passphrase, or a single changed byte."""
    return open_with(file, key_of(file, passphrase))


def key_of(file: bytes, passphrase: str) -> bytes:
    """Return the key that a passphrase gives for a file; raises BundleRefused for what cannot be a bundle."""
    if not file.startswith(MAGIC) or len(file) <= HEAD_BYTES:
        raise BundleRefused(_("This is not a bundle of an archive."), code="not_a_bundle")
    return cipher.stretch(normal(passphrase), file[len(MAGIC) : HEAD_BYTES])


def open_with(file: bytes, key: bytes) -> Mapping[str, Any]:
    """Return what a bundle says; raises BundleRefused unless it is whole, under this key, and signed by us."""
    try:
        plain = cipher.unlock(file[HEAD_BYTES:], key, bound_to=KIND)
    except Unreadable as error:
        raise BundleRefused(
            _("It does not open: the passphrase is not the one of this file, or the file was changed."),
            code="bundle_locked",
        ) from error
    return check(plain)


def check(plain: bytes) -> Mapping[str, Any]:
    """Return what a decrypted bundle says if one of our keys signed exactly this; raises BundleRefused."""
    signature, body = plain[:SIGNATURE_BYTES], plain[SIGNATURE_BYTES:]
    if not signing.is_signed(Signed.BUNDLE, body, signature):
        raise BundleRefused(_("It was not signed by this portal, or was changed afterwards."), code="bundle_changed")
    said: dict[str, Any] = json.loads(body)
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in said["records"]]
    if said["kind"] != KIND or digests != [entry["sha256"] for entry in said["manifest"]]:
        raise BundleRefused(_("Its records are not those of its manifest."), code="bundle_changed")
    return said


def _entry(record: ArchiveRecord, plain: bytes) -> dict[str, Any]:
    return {
        "record": str(record.pk),
        "closure": str(record.file_id),
        "what": record.record_class,
        "part": record.part,
        "sealed_at": _text(record.sealed_at),
        "until": _text(record.expires_at),
        "basis": schedule.basis(RecordClass(record.record_class), record.jurisdiction),
        "bytes": len(plain),
        "sha256": hashlib.sha256(plain).hexdigest(),
    }


def _as_text(record: ArchiveRecord, plain: bytes) -> str:
    try:
        return plain.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"record {record.pk} is no text") from error


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
