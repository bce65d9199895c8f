"""The tree over the sealed journal as it is stored: leaves, and the digest of every 8th level above them."""

from functools import cache

from accounts import merkle
from accounts.merkle import STRIDE
from accounts.models import JournalLeaf, JournalNode

TILE = 1 << STRIDE


def entry(leaf: bytes, body: bytes) -> bytes:
    """Return what the tree is built over: the keyed hash of an event, then its stored bytes (docs/journal.md)."""
    return leaf + body


def stored() -> merkle.Subtrees:
    """Return the stored tree. It reads rows by tiles of 256 and keeps them, so that a proof costs few queries."""

    @cache
    def tile(level: int, number: int) -> list[bytes]:
        start, stop = number * TILE, (number + 1) * TILE
        if level == 0:
            leaves = JournalLeaf.objects.filter(position__gte=start, position__lt=stop).order_by("position")
            return [bytes(digest) for digest in leaves.values_list("digest", flat=True)]
        nodes = JournalNode.objects.filter(level=level, number__gte=start, number__lt=stop).order_by("number")
        return [bytes(digest) for digest in nodes.values_list("digest", flat=True)]

    def subtree(level: int, number: int) -> bytes:
        above = level % STRIDE
        first = number << above
        found = tile(level - above, first // TILE)[first % TILE :][: 1 << above]
        if len(found) != 1 << above:
            raise LookupError(f"subtree {number} of level {level} is not stored")
        while len(found) > 1:
            found = [merkle.node_digest(*pair) for pair in zip(found[::2], found[1::2], strict=True)]
        return found[0]

    return subtree


def growing(size: int) -> merkle.Growing:
    """Return the right edge of the stored tree at this size, ready to append to; LookupError where rows are missing."""
    subtrees = stored()
    return merkle.Growing(size, [subtrees(level, number) for level, number in merkle.peaks_of(size)])
