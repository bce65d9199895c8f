"""Bundles for tests, and ways to change one so that it is not what was given out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts import signing
from accounts.ids import uuid7
from accounts.journal import canonical
from accounts.signing import Signed
from closure.retention import bundles, cipher
from closure.retention.bundles import HEAD_BYTES, KIND, SIGNATURE_BYTES, BundleRefused, Lock
from closure.retention.enums import DisclosurePurpose, RecordClass
from closure.retention.models import ArchiveRecord, Disclosure
from tests.tampering import BY_BYTES

TEXTS = (b'{"name":"Ana Diaz","table":"accounts.Account"}\n', b'{"reason":"moved","table":"accounts.Note"}\n', b"")


@dataclass(frozen=True, kw_only=True)
class Given:
    """A bundle as it was given out, with its passphrase and what follows from that."""

    file: bytes
    passphrase: str
    key: bytes

    @classmethod
    def out(cls, file: bytes, passphrase: str) -> "Given":
        """Return a bundle that was given out."""
        return cls(file=file, passphrase=passphrase, key=bundles.key_of(file, passphrase))

    @property
    def plain(self) -> bytes:
        """What is in it: a signature and what it signs."""
        return cipher.unlock(self.file[HEAD_BYTES:], self.key, bound_to=KIND)

    def around(self, plain: bytes) -> bytes:
        """Return the file that whoever has the passphrase makes of something else."""
        return self.file[:HEAD_BYTES] + cipher.lock(plain, self.key, bound_to=KIND)


def said_of(texts: tuple[bytes, ...] = TEXTS, *, now: datetime) -> dict[str, Any]:
    """Return what a bundle of these records says; nobody of it is in any table."""
    row = Disclosure(account_id=uuid7(), purpose=DisclosurePurpose.REGULATOR, case_reference="BA 12/2026", asked_at=now)
    records = [
        ArchiveRecord(
            account_id=row.account_id,
            file_id=uuid7(),
            record_class=RecordClass.IDENTITY,
            part=part,
            sealed_at=now,
            expires_at=now,
        )
        for part in range(len(texts))
    ]
    return bundles.contents(row, list(zip(records, texts, strict=True)), now=now)


def given(texts: tuple[bytes, ...] = TEXTS, *, now: datetime) -> Given:
    """Return a bundle of these records."""
    passphrase = bundles.new_passphrase()
    lock = Lock.under(passphrase)
    return Given(file=bundles.seal(said_of(texts, now=now), lock), passphrase=passphrase, key=lock.key)


def answer(file: bytes, to: Given) -> str:
    """Return the code with which a file is refused by who has the passphrase, "valid" where it is not.

    As `open_bundle` does it; the key of an unchanged salt is remembered, because making it takes a while.
    """
    try:
        same = file[:HEAD_BYTES] == to.file[:HEAD_BYTES]
        bundles.open_with(file, to.key if same else bundles.key_of(file, to.passphrase))
    except BundleRefused as refused:
        return refused.code
    return "valid"


Tamper = Callable[[Given, Given, Random], bytes]


def _outside(name: str) -> Tamper:
    return lambda one, other, chance: BY_BYTES[name](one.file, other.file, chance)


def _inside(name: str) -> Tamper:
    """Whoever has the passphrase changes what is inside and closes it again."""
    return lambda one, other, chance: one.around(BY_BYTES[name](one.plain, other.plain, chance))


def _salt_of_another(one: Given, other: Given, _chance: Random) -> bytes:
    return other.file[:HEAD_BYTES] + one.file[HEAD_BYTES:]


def _signature_of_another(one: Given, other: Given, _chance: Random) -> bytes:
    return one.around(other.plain[:SIGNATURE_BYTES] + one.plain[SIGNATURE_BYTES:])


def _signed_otherwise(one: Given, _other: Given, chance: Random) -> bytes:
    """Sign the same with a key of somebody else, or with our key for something else."""
    body = one.plain[SIGNATURE_BYTES:]
    theirs = Ed25519PrivateKey.generate().sign(body)
    return one.around(chance.choice([theirs, *(signing.sign(kind, body) for kind in OTHER_KINDS)]) + body)


def _told_otherwise(one: Given, other: Given, chance: Random) -> bytes:
    """Say something else in the same form: another bundle's member, a record more, less or in another place."""
    said, theirs = (json.loads(each.plain[SIGNATURE_BYTES:]) for each in (one, other))
    name = chance.choice([name for name in said if said[name] != theirs[name]])
    at = chance.randrange(len(said["records"]))
    changes: list[Callable[[], Any]] = [
        lambda: said.update({name: theirs[name]}),
        lambda: said["records"].pop(at),
        lambda: said["manifest"].pop(at),
        lambda: said["records"].append("{}"),
        lambda: said["records"].__setitem__(at, said["records"][at] + " "),
        lambda: said.pop(name),
    ]
    chance.choice(changes)()
    return one.around(one.plain[:SIGNATURE_BYTES] + canonical(said))


OTHER_KINDS = (Signed.RECEIPT, Signed.CHECKPOINT)
_WAYS: dict[str, Tamper] = {
    **{f"file {name}": _outside(name) for name in BY_BYTES},
    **{f"contents {name}": _inside(name) for name in BY_BYTES},
    "salt of another": _salt_of_another,
    "signature of another": _signature_of_another,
    "signed otherwise": _signed_otherwise,
    "told otherwise": _told_otherwise,
}
KINDS = tuple(_WAYS)


def tampered(kind: str, one: Given, other: Given, chance: Random) -> bytes:
    """Return a genuine file changed in this way, by chance; `other` is another genuine one."""
    return _WAYS[kind](one, other, chance)
