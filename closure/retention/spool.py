"""Holds parts until they can be sealed: a little in memory, the rest in a file without a name, never in plain."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self
from uuid import UUID

from closure.retention import cipher

MOST_IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True)
class _Place:
    start: int
    length: int


class Spool:
    """Parts by owner, under a key that nobody keeps: what a killed process leaves behind on a disk is noise."""

    def __init__(self) -> None:
        self._key = cipher.new_key()
        self._file = SpooledTemporaryFile(max_size=MOST_IN_MEMORY)  # noqa: SIM115  (closed with the spool)
        self._places: dict[UUID, list[_Place]] = defaultdict(list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def put(self, owner: UUID, part: bytes) -> None:
        """Add a part to those of its owner."""
        start = self._file.seek(0, 2)
        self._places[owner].append(_Place(start, self._file.write(cipher.lock(part, self._key, bound_to=str(start)))))

    def read(self, owner: UUID) -> Iterator[bytes]:
        """Yield the parts of an owner, in their order."""
        for place in self._places[owner]:
            self._file.seek(place.start)
            yield cipher.unlock(self._file.read(place.length), self._key, bound_to=str(place.start))

    def drop(self, owner: UUID) -> None:
        """Forget what was put for an owner."""
        self._places.pop(owner, None)
