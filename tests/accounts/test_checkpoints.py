"""Checkpoints: text that other programs read, exact to the byte, and nobody else's."""

import hashlib
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pytest_django.fixtures import Settings

from accounts import checkpoints
from accounts.checkpoints import NO_CHECKPOINT, Forged, State
from accounts.models import Checkpoint

pytestmark = pytest.mark.row("H07")
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ROOT = bytes(range(32))


def signed() -> Checkpoint:
    return checkpoints.signed(tree_size=17, root=ROOT, previous=NO_CHECKPOINT, at=AT)


def test_checkpoint_is_a_signed_note() -> None:
    lines = signed().note.split("\n")
    assert lines[:6] == [
        "portal.example.test/journal",
        "17",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "previous AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "at 2026-03-01T09:00:00.000000+00:00",
        "",
    ]
    assert (lines[6].startswith("— portal.example.test/journal "), lines[7:]) == (True, [""])


def test_public_key_checks_a_checkpoint_as_notes_are_checked() -> None:
    note = signed().note
    text, _blank, line = note.partition("\n\n")
    name, key_hash, public = checkpoints.public_keys()[0].split("+", 2)
    kind_and_key, told = b64decode(public), b64decode(line.rstrip("\n").split(" ")[2])
    assert (line.split(" ")[1], told[:4].hex()) == (name, key_hash)
    assert hashlib.sha256(f"{name}\n".encode() + kind_and_key).digest()[:4] == told[:4]
    assert kind_and_key[0] == 1
    Ed25519PublicKey.from_public_bytes(kind_and_key[1:]).verify(told[4:], f"{text}\n".encode())


def test_state_is_read_as_it_was_signed() -> None:
    made = signed()
    state = State(
        tree_size=17, root=ROOT, previous=NO_CHECKPOINT, at=AT, origin="portal.example.test/journal"
    )  # fmt: skip
    assert checkpoints.read(made.note) == checkpoints.stored(made) == state
    assert state.digest == hashlib.sha256("\n".join([*made.note.split("\n")[:5], ""]).encode()).digest()


def test_any_changed_letter_is_found() -> None:
    made, read = signed(), []
    for at, letter in enumerate(made.note):
        other = made.note[:at] + ("B" if letter != "B" else "C") + made.note[at + 1 :]
        try:
            checkpoints.stored(Checkpoint(tree_size=17, root=ROOT, previous=NO_CHECKPOINT, at=AT, note=other))
        except Forged:
            continue
        read.append(other)
    assert read == []


# The last letter of the signature holds bits that are no part of it, and a line feed has other spellings.
SPELLINGS: dict[str, Callable[[str], str]] = {
    "nothing": lambda note: "",
    "a word": lambda note: "x",
    "more lines": lambda note: f"{note}\n",
    "a line of somebody else": lambda note: f"{note}— x AAAA\n",
    "no end": lambda note: note.rstrip("\n"),
    "unused bits": lambda note: note[:-3] + chr(ord(note[-3]) + 1) + note[-2:],
    "another line feed": lambda note: note.replace("\n", "\r\n"),
    "a line feed of unicode": lambda note: note.replace("— ", "x\u2028— "),
    "spaces": lambda note: note.replace("\n17\n", "\n 17\n"),
    "other digits": lambda note: note.replace("\n17\n", "\n\uff11\uff17\n"),
    "another time zone": lambda note: note.replace("T09:00:00.000000+00:00", "T10:00:00.000000+01:00"),
    "a time without a zone": lambda note: note.replace("+00:00", ""),
    "no letters of ours": lambda note: note.replace(
        "— portal.example.test/journal ", "— portal.example.test/journal é"
    ),
}


@pytest.mark.parametrize("spelling", sorted(SPELLINGS))
def test_other_spellings_are_refused(spelling: str) -> None:
    made = signed()
    made.note = SPELLINGS[spelling](made.note)
    with pytest.raises(Forged):
        checkpoints.stored(made)


def test_columns_that_say_something_else_are_found() -> None:
    for column, value in {"tree_size": 18, "root": bytes(32), "previous": ROOT, "at": AT.replace(hour=8)}.items():
        made = signed()
        setattr(made, column, value)
        with pytest.raises(Forged, match="columns"):
            checkpoints.stored(made)


def test_signatures_of_others_change_no_published_checkpoint() -> None:
    made = signed()
    assert checkpoints.read(f"{made.note}— witness.example.test AAAABBBB\n") == checkpoints.stored(made)


def test_replaced_key_still_counts_and_comes_after_todays(settings: Settings) -> None:
    old, (key,) = signed(), checkpoints.public_keys()
    settings.RETIRED_SIGNING_KEYS = [settings.SIGNING_KEY]
    settings.SIGNING_KEY = bytes(32)
    assert checkpoints.read(old.note).root == ROOT
    assert checkpoints.public_keys()[1:] == [key]
    settings.RETIRED_SIGNING_KEYS = []
    with pytest.raises(Forged, match="not signed by us"):
        checkpoints.read(old.note)


def test_origin_is_the_host_of_the_portal(settings: Settings) -> None:
    settings.PORTAL_ORIGIN = "http://localhost:8000"
    assert checkpoints.origin() == "localhost:8000/journal"
    settings.PORTAL_ORIGIN = ""
    assert checkpoints.origin() == "portal.invalid/journal"
