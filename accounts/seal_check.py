"""Checks what seals the journal: every place, every kept subtree, every signed state, and states kept elsewhere.

Safe beside those who write and seal: it looks at what the newest checkpoint signed when it began.
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Max, Min, OuterRef, Q, Subquery

from accounts import checkpoints, journal_tree, merkle
from accounts.chain import Break
from accounts.checkpoints import NO_CHECKPOINT, Forged, State
from accounts.models import Checkpoint, Event, JournalLeaf, JournalNode

CHUNK = 2000
Leaf = tuple[int, UUID, bytes]
Stored = tuple[bytes, bytes]


class Found(Exception):
    """Carries the first break to whoever asked."""

    def __init__(self, subject: str, problem: str) -> None:
        super().__init__(subject, problem)
        self.found = Break(subject, problem)


def first_break(published: Iterable[str] = ()) -> Break | None:
    """Return the first thing wrong with the seal, or None; `published` are notes that were kept outside."""
    try:
        size = _walk()
        for note in published:
            _compare(note, size)
        _look_behind(size)
    except Found as told:
        return told.found
    return None


def _walk() -> int:
    """Build the tree anew from the events and compare all that is stored; returns how far it was signed."""
    newest = checkpoints.newest()
    size = newest.tree_size if newest else 0
    leaves, nodes, tree = _leaves(size), _Nodes(), merkle.Growing()
    previous = NO_CHECKPOINT
    for row in Checkpoint.objects.filter(tree_size__lte=size).order_by("tree_size").iterator(chunk_size=CHUNK):
        try:
            state = checkpoints.stored(row)
        except Forged as error:
            raise Found(str(row), str(error)) from error
        if state.previous != previous:
            raise Found(str(row), "the checkpoint before it was removed or replaced")
        _grow(tree, state, leaves, nodes)
        previous = state.digest
    return size


def _grow(tree: merkle.Growing, state: State, leaves: Iterator[tuple[Leaf, Stored | None]], nodes: "_Nodes") -> None:
    """Append what one checkpoint added and compare its root."""
    start, before = tree.size, UUID(int=0)
    while tree.size < state.tree_size:
        (position, event_id, digest), event = next(leaves, ((-1, before, b""), None))
        if position < 0:
            raise Found(f"checkpoint {state.tree_size}", f"the journal ends at position {tree.size}: the rest is gone")
        if position != tree.size:
            raise Found(f"position {tree.size}", "its leaf is missing")
        if event is None:
            raise Found(f"event {event_id}", f"it was sealed at position {position} and is gone")
        if digest != merkle.leaf_digest(journal_tree.entry(*event)):
            raise Found(f"event {event_id}", f"it is not what was sealed at position {position}")
        if event_id <= before:
            raise Found(f"position {position}", "it was moved: a batch is in the order of its keys")
        before = event_id
        for completed in tree.append(digest):
            nodes.compare(*completed)
    if tree.root() != state.root:
        raise Found(
            f"checkpoint {state.tree_size}",
            f"its root is another: positions {start} to {tree.size - 1} were rewritten or moved after it was signed",
        )


def _leaves(size: int) -> Iterator[tuple[Leaf, Stored | None]]:
    """Yield the leaves below this size in their order, each with hash and bytes of its event."""
    event = Event.objects.filter(pk=OuterRef("event_id"))
    rows = (
        JournalLeaf.objects.annotate(leaf=Subquery(event.values("leaf")), body=Subquery(event.values("body")))
        .order_by("position")
        .values_list("position", "event_id", "digest", "leaf", "body")
    )
    at = 0
    while chunk := list(rows.filter(position__gte=at, position__lt=size)[:CHUNK]):
        for position, event_id, digest, leaf, body in chunk:
            yield (position, event_id, bytes(digest)), None if leaf is None else (bytes(leaf), bytes(body))
        at = chunk[-1][0] + 1


class _Nodes:
    """The kept subtrees, level by level in their order."""

    def __init__(self) -> None:
        self._levels: dict[int, Iterator[tuple[int, bytes | memoryview]]] = {}

    def compare(self, level: int, number: int, digest: bytes) -> None:
        """Compare the next kept subtree of a level with what it must be."""
        if level not in self._levels:
            rows = JournalNode.objects.filter(level=level).order_by("number").values_list("number", "digest")
            self._levels[level] = rows.iterator(chunk_size=CHUNK)
        found, kept = next(self._levels[level], (-1, b""))
        if (found, bytes(kept)) != (number, digest):
            raise Found(f"node {number} of level {level}", "it is missing, or not the digest of what is below it")


def _compare(note: str, size: int) -> None:
    """Compare a checkpoint that was kept outside with ours."""
    try:
        state = checkpoints.read(note)
    except Forged as error:
        raise Found(f"published checkpoint {note[:200]!r}", str(error)) from error
    name = f"published checkpoint {state.tree_size}"
    if state.tree_size > size:
        raise Found(name, f"the journal ends at {size}: it was cut off, or an old backup was restored")
    row = Checkpoint.objects.filter(tree_size=state.tree_size).first()
    if row is None or checkpoints.stored(row) != state:
        raise Found(name, "the journal holds another one: it was rewritten since")


def _look_behind(size: int) -> None:
    """Find what no checkpoint signed. Whoever sealed meanwhile signed that too, so the newest one is asked for last."""
    places = JournalLeaf.objects.aggregate(first=Min("position"), last=Max("position"))
    nodes = list(JournalNode.objects.exclude(_nodes_below(size)).order_by("id"))
    newest = checkpoints.newest()
    signed = newest.tree_size if newest else 0
    for place in (places["first"], places["last"]):
        if place is not None and not 0 <= place < signed:
            raise Found(f"position {place}", "no checkpoint signed it")
    for node in nodes:
        if node.level % merkle.STRIDE or not 0 <= node.number < signed >> node.level or not node.level:
            raise Found(str(node), "no checkpoint signed what it covers")


def _nodes_below(size: int) -> Q:
    """Return the kept subtrees that a tree of this size has, and that were compared."""
    levels = range(merkle.STRIDE, max(size.bit_length(), merkle.STRIDE + 1), merkle.STRIDE)
    each = [Q(level=level, number__gte=0, number__lt=size >> level) for level in levels]
    return reduce(or_, each)
