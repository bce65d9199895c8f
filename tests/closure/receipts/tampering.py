"""Ways to change a receipt so that it is not what was signed."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from accounts.journal import canonical

Tamper = Callable[[bytes, bytes, Random], bytes]


def _replaced(file: bytes, _other: bytes, chance: Random) -> bytes:
    place = chance.randrange(len(file))
    byte = chance.choice([each for each in range(256) if each != file[place]])
    return file[:place] + bytes([byte]) + file[place + 1 :]


def _removed(file: bytes, _other: bytes, chance: Random) -> bytes:
    start = chance.randrange(len(file))
    return file[:start] + file[start + chance.randrange(1, 20) :]


def _inserted(file: bytes, _other: bytes, chance: Random) -> bytes:
    # Not at the ends: what pasting adds around a file is no part of it.
    place = chance.randrange(1, len(file))
    return file[:place] + bytes(chance.randrange(256) for _time in range(chance.randrange(1, 4))) + file[place:]


def _swapped(file: bytes, _other: bytes, chance: Random) -> bytes:
    while True:
        one, two = sorted(chance.sample(range(len(file)), 2))
        if file[one] != file[two]:
            return file[:one] + file[two : two + 1] + file[one + 1 : two] + file[one : one + 1] + file[two + 1 :]


def _doubled(file: bytes, _other: bytes, chance: Random) -> bytes:
    start, end = sorted(chance.sample(range(len(file)), 2))
    return file[:end] + file[start:end] + file[end:]


def _cut(file: bytes, _other: bytes, chance: Random) -> bytes:
    return file[: chance.randrange(len(file))]


def _mixed(file: bytes, other: bytes, chance: Random) -> bytes:
    """Take the signature, or one member, of another genuine receipt."""
    mine, theirs = json.loads(file), json.loads(other)
    different = [name for name in mine["receipt"] if mine["receipt"][name] != theirs["receipt"][name]]
    name = chance.choice([*different, "signature"])
    if name == "signature":
        mine["signature"] = theirs["signature"]
    else:
        mine["receipt"][name] = theirs["receipt"][name]
    return canonical(mine)


def _told_otherwise(file: bytes, _other: bytes, chance: Random) -> bytes:
    """Say something else in the same form: a number, a word, a member more or less."""
    value = json.loads(file)
    receipt: dict[str, Any] = value["receipt"]
    name = chance.choice(sorted(receipt))
    receipt[name] = chance.choice([None, True, chance.randrange(10**6), f"{receipt[name]}x", [receipt[name]]])
    if chance.random() < 0.3:
        del receipt[name]
    return canonical(value)


_WAYS: dict[str, Tamper] = {
    "replaced": _replaced,
    "removed": _removed,
    "inserted": _inserted,
    "swapped": _swapped,
    "doubled": _doubled,
    "cut": _cut,
    "mixed": _mixed,
    "told_otherwise": _told_otherwise,
}
KINDS = tuple(_WAYS)


def tampered(kind: str, file: bytes, other: bytes, chance: Random) -> bytes:
    """Return a genuine file changed in this way, by chance; `other` is another genuine file."""
    return _WAYS[kind](file, other, chance)
