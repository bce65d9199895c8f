"""Ways to change bytes by chance, whatever they are."""

from collections.abc import Callable
from random import Random

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


BY_BYTES: dict[str, Tamper] = {
    "replaced": _replaced,
    "removed": _removed,
    "inserted": _inserted,
    "swapped": _swapped,
    "doubled": _doubled,
    "cut": _cut,
}
