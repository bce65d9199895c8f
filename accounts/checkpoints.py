"""The signed states of the journal, as text that other programs read too (signed notes, as logs of certificates use).

portal.example.com/journal            whose journal
1234                                  how many events
<base64>                              the root over them
previous <base64>                     digest of the checkpoint before it: SHA-256 of its lines up to here
at 2026-11-20T09:00:00.000000+00:00

— portal.example.com/journal <base64> four bytes that name the key, and its Ed25519 signature of the lines above
"""

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from accounts import signing
from accounts.models import Checkpoint
from accounts.signing import Signed

ED25519 = b"\x01"
NO_CHECKPOINT = bytes(32)
SIGNATURE = "— "  # how the line of a signature begins
PREVIOUS, AT = "previous ", "at "


class Forged(Exception):
    """A text that is no checkpoint of ours; its words say why."""


@dataclass(frozen=True, kw_only=True)
class State:
    """What a checkpoint says. `previous` is the digest of the one before it, zeros in the first."""

    tree_size: int
    root: bytes
    previous: bytes
    at: datetime
    origin: str

    @property
    def text(self) -> str:
        """The lines that are signed."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        lines = [self.origin, str(self.tree_size), _base64(self.root), PREVIOUS + _base64(self.previous), AT + at]
        return "\n".join([*lines, ""])

    @property
    def digest(self) -> bytes:
        """What the next checkpoint names this one by; signatures that others add do not change it."""
        return hashlib.sha256(self.text.encode()).digest()


def newest() -> Checkpoint | None:
    """Return the newest checkpoint; None before the first event is sealed."""
    return Checkpoint.objects.order_by("-tree_size").first()


def signed(*, tree_size: int, root: bytes, previous: bytes, at: datetime) -> Checkpoint:
    """Return a new checkpoint, signed and not saved."""
    state = State(tree_size=tree_size, root=root, previous=previous, at=at, origin=origin())
    signature = signing.sign(Signed.CHECKPOINT, state.text.encode())
    key = signing.public_keys(Signed.CHECKPOINT)[0]
    note = f"{state.text}\n{SIGNATURE}{state.origin} {_base64(_key_hash(state.origin, key) + signature)}\n"
    return Checkpoint(tree_size=tree_size, root=root, previous=previous, at=at, note=note)


def read(note: str) -> State:
    """Return what a checkpoint says that one of our keys signed, today's or a retired one; raises Forged.

    Lines of signatures that others added are allowed.
    """
    text, blank, signatures = note.partition("\n\n")
    state = _state(f"{text}\n")
    if not blank or not note.endswith("\n") or not any(_is_ours(line, state) for line in signatures.split("\n")):
        raise Forged("it is not signed by us")
    return state


def stored(checkpoint: Checkpoint) -> State:
    """Return what a row says; raises Forged where its note is not ours, or its columns say something else."""
    state = read(checkpoint.note)
    columns = (checkpoint.tree_size, bytes(checkpoint.root), bytes(checkpoint.previous), checkpoint.at)
    if columns != (state.tree_size, state.root, state.previous, state.at):
        raise Forged("its columns differ from what was signed")
    if checkpoint.note.count("\n") != state.text.count("\n") + 2:
        raise Forged("it carries more than our signature")
    return state


def public_keys() -> list[str]:
    """Return our public keys as tools for signed notes take them, today's first: name, key hash and key."""
    name = origin()
    return [
        f"{name}+{_key_hash(name, key).hex()}+{_base64(ED25519 + signing.raw(key))}"
        for key in signing.public_keys(Signed.CHECKPOINT)
    ]


def origin() -> str:
    """Return whose journal it is: the host of the portal, without a scheme."""
    return f"{urlsplit(settings.PORTAL_ORIGIN).netloc or 'portal.invalid'}/journal"


def _state(text: str) -> State:
    try:
        name, size, root, previous, at, end = text.split("\n")
        state = State(
            origin=name,
            tree_size=int(size),
            root=b64decode(root, validate=True),
            previous=b64decode(previous.removeprefix(PREVIOUS), validate=True),
            at=datetime.fromisoformat(at.removeprefix(AT)),
        )
    except ValueError as error:
        raise Forged("it is no checkpoint") from error
    # Numbers and times have many spellings; only ours is signed.
    if end or state.at.tzinfo is None or state.text != text:
        raise Forged("it is no checkpoint")
    return state


def _is_ours(line: str, state: State) -> bool:
    start = f"{SIGNATURE}{state.origin} "
    try:
        told = b64decode(line.removeprefix(start), validate=True)
    except ValueError:
        return False
    named, signature = told[:4], told[4:]
    is_known = any(named == _key_hash(state.origin, key) for key in signing.public_keys(Signed.CHECKPOINT))
    is_exact = line == start + _base64(told)
    return is_known and is_exact and signing.is_signed(Signed.CHECKPOINT, state.text.encode(), signature)


def _key_hash(name: str, key: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(f"{name}\n".encode() + ED25519 + signing.raw(key)).digest()[:4]


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
