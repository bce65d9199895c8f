"""A Merkle tree over an ordered, growing list (RFC 9162, 2.1): roots, and proofs that anybody can check. No rows here.

A perfect subtree is named by (level, number): it covers the entries from `number << level` on, `1 << level` of them.
"""

import hashlib
from collections.abc import Callable, Sequence

LEAF, NODE = b"\x00", b"\x01"
EMPTY_ROOT = hashlib.sha256().digest()
# Perfect subtrees of every 8th level are kept: one row for 256 below it, and a proof reads few.
STRIDE = 8

# Gives the digest of a perfect subtree by level and number.
Subtrees = Callable[[int, int], bytes]


def leaf_digest(entry: bytes) -> bytes:
    """Return the digest of one entry."""
    return hashlib.sha256(LEAF + entry).digest()


def node_digest(left: bytes, right: bytes) -> bytes:
    """Return the digest of two subtrees."""
    return hashlib.sha256(NODE + left + right).digest()


class Growing:
    """The right edge of a tree: enough to append and to tell the root, never more than one digest a level."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Continue a tree of this size; `peaks` are the digests of `peaks_of(size)`."""
        self.size = size
        self._peaks = list(peaks)

    def append(self, digest: bytes) -> list[tuple[int, int, bytes]]:
        """Add the digest of one entry; return the subtrees it completes at every 8th level: level, number, digest."""
        completed = []
        number = self.size
        level = 0
        while number & 1:
            digest = node_digest(self._peaks.pop(), digest)
            number >>= 1
            level += 1
            if level % STRIDE == 0:
                completed.append((level, number, digest))
        self._peaks.append(digest)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Return the root of everything appended so far."""
        if not self._peaks:
            return EMPTY_ROOT
        *rest, root = self._peaks
        for peak in reversed(rest):
            root = node_digest(peak, root)
        return root


def peaks_of(size: int) -> list[tuple[int, int]]:
    """Return the perfect subtrees, largest first, that a tree of this size is made of: level and number of each."""
    found, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def inclusion_path(subtrees: Subtrees, position: int, size: int) -> list[bytes]:
    """Return the proof that the tree of this size holds an entry at this position; ValueError where it has none."""
    if not 0 <= position < size:
        raise ValueError(f"a tree of {size} entries has none at position {position}")
    path = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _half(stop - start)
        if position < middle:
            path.append(_span(subtrees, middle, stop))
            stop = middle
        else:
            path.append(_span(subtrees, start, middle))
            start = middle
    return path[::-1]


def consistency_path(subtrees: Subtrees, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of size `old` is the beginning of that of size `new`; ValueError if it cannot."""
    if not 0 < old <= new:
        raise ValueError(f"a tree of {old} entries is not the beginning of one of {new}")
    path = []
    start, stop = 0, new
    while old != stop:
        middle = start + _half(stop - start)
        if old <= middle:
            path.append(_span(subtrees, middle, stop))
            stop = middle
        else:
            path.append(_span(subtrees, start, middle))
            start = middle
    # Who asks knows the old root; a part of it must be told.
    if start:
        path.append(_span(subtrees, start, stop))
    return path[::-1]


def is_included(digest: bytes, position: int, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether the proof leads from the digest of an entry at this position to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    number, last = position, size - 1
    for step in path:
        if last == 0:
            return False
        if number & 1 or number == last:
            digest = node_digest(step, digest)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            digest = node_digest(digest, step)
        number, last = number >> 1, last >> 1
    return last == 0 and digest == root


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether the proof shows the old tree to be the beginning of the new one (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            before, after = node_digest(step, before), node_digest(step, after)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            after = node_digest(after, step)
        number, last = number >> 1, last >> 1
    return last == 0 and (before, after) == (old_root, new_root)


def _half(count: int) -> int:
    """Return the largest power of two below a count of at least two."""
    return 1 << (count - 1).bit_length() - 1


def _span(subtrees: Subtrees, start: int, stop: int) -> bytes:
    """Return the root over the entries from `start`, where a perfect subtree begins, up to `stop`."""
    count = stop - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return subtrees(level, start >> level)
    middle = start + _half(count)
    return node_digest(_span(subtrees, start, middle), _span(subtrees, middle, stop))
