"""Ways to change a receipt so that it is not what was signed."""

import json
from random import Random
from typing import Any

from accounts.journal import canonical
from tests.tampering import BY_BYTES, Tamper


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
    **BY_BYTES,
    "mixed": _mixed,
    "told_otherwise": _told_otherwise,
}
KINDS = tuple(_WAYS)


def tampered(kind: str, file: bytes, other: bytes, chance: Random) -> bytes:
    """Return a genuine file changed in this way, by chance; `other` is another genuine file."""
    return _WAYS[kind](file, other, chance)
