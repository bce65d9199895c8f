"""Finds a photo that was sent before, in this case or another: the same file, or one that looks alike.

What a photo looks like is 16 rows of 16 bits. Each row that says something is kept as a keyed mark of its own; two
photos look alike when half of these marks, and at least six, are equal. The key is that of the ring, so whoever has the
tables alone can compare marks and learns nothing of any photo.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from accounts import keys
from closure.models import Evidence, Sighting

KEY_PURPOSE = "evidence-mark"
ROWS, ROW_BITS = 16, 16
_ROW = ("mark", "is_file", "key_version")
LEAST_EQUAL = 6


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Other photos of which this one is the same file, or that look alike."""

    same: tuple[UUID, ...] = ()
    alike: tuple[UUID, ...] = ()

    def told(self) -> dict[str, list[str]]:
        """Return it as opaque ids, for the journal."""
        return {"same": [str(key) for key in self.same], "alike": [str(key) for key in self.alike]}


def keep(evidence: Evidence, *, file_digest: bytes, likeness: int) -> None:
    """Keep the marks of a new photo under every key of the ring, in the caller's transaction."""
    Sighting.objects.bulk_create(
        Sighting(evidence=evidence, account_id=evidence.account_id, is_file=is_file, mark=mark, key_version=version)
        for version in keys.versions()
        for is_file, mark in _marks(file_digest, likeness, version)
    )


def find(evidence: Evidence) -> Seen:
    """Return where a kept photo was seen in other cases; by one key at a time, so that no mark counts twice."""
    own = [(bytes(mark), is_file, version) for mark, is_file, version in evidence.sightings.values_list(*_ROW)]
    others = Sighting.objects.filter(mark__in=[mark for mark, _is_file, _version in own])
    others = others.exclude(evidence__case_id=evidence.case_id)
    same, equal = set(), Counter[tuple[UUID, int]]()
    for key, is_file, version in others.values_list("evidence_id", "is_file", "key_version"):
        if is_file:
            same.add(key)
        else:
            equal[key, version] += 1
    parts = Counter(version for _mark, is_file, version in own if not is_file)
    alike = {key for (key, version), count in equal.items() if count >= max(LEAST_EQUAL, parts[version] // 2)}
    return Seen(same=tuple(sorted(same)), alike=tuple(sorted(alike - same)))


def _marks(file_digest: bytes, likeness: int, version: int) -> Iterator[tuple[bool, bytes]]:
    """Yield the mark of the file, then one for each row in which it gets lighter: a plain wall is like every other."""
    yield True, _mark(b"file", file_digest, version)
    for row in range(ROWS):
        bits = likeness >> row * ROW_BITS & (1 << ROW_BITS) - 1
        if bits.bit_count() > 1:
            yield False, _mark(b"part", bytes([row]) + bits.to_bytes(2, "big"), version)


def _mark(kind: bytes, value: bytes, version: int) -> bytes:
    return hmac.digest(keys.derive(KEY_PURPOSE, version), kind + b"\x00" + value, hashlib.sha256)
