"""Seals the journal: gives each event its place in one order and signs the tree over all of them (H07).

Whoever writes events waits for nothing here: they are looked for afterwards, and two who seal at the same moment are
kept apart by the first place that both want. The later one undoes what it did and looks again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts import checkpoints, journal_tree, merkle
from accounts.checkpoints import NO_CHECKPOINT
from accounts.ids import uuid7_floor
from accounts.models import Checkpoint, Event, JournalLeaf, JournalNode

BATCH = 5000
# A key is made before its transaction commits, by a clock of its own: so far back it is looked for what came later.
RECENT = timedelta(minutes=2)


class TreeBroken(Exception):
    """The stored tree is not the one that was signed, so nothing is signed on top: `verify_journal` names the place."""


def waiting() -> QuerySet[Event]:
    """Return the events that are not sealed yet, oldest key first."""
    leaves = JournalLeaf.objects.filter(event_id=OuterRef("pk"))
    return Event.objects.filter(~Exists(leaves)).order_by("pk")


def seal(*, now: datetime, everything: bool = False, stop: Callable[[], bool] = lambda: False) -> int:
    """Seal what is waiting, a checkpoint a batch; returns how many events. Safe at any time, and by two at once.

    Looks at events made lately or since shortly before the newest sealed one. With `everything` at the whole journal:
    an event whose transaction took longer than that is found so. `stop` is asked between batches.
    """
    total, after = 0, UUID(int=0) if everything else _recently()
    while not stop():
        found = list(waiting().filter(pk__gt=after).values_list("pk", flat=True)[:BATCH])
        if not found or not _seal_batch(found, now):
            break
        total, after = total + len(found), found[-1]
    return total


def _recently() -> UUID:
    newest = JournalLeaf.objects.order_by("-event_id").values_list("event_id", flat=True).first()
    lately = uuid7_floor(RECENT)
    return lately if newest is None else min(lately, uuid7_floor(RECENT, before=newest))


def _seal_batch(found: list[UUID], now: datetime) -> bool:
    """Number these events and sign the tree that they end; returns False when somebody else sealed meanwhile."""
    with transaction.atomic():
        last = checkpoints.newest()
        tree, previous = _edge(last)
        leaves, nodes = [], []
        events = waiting().filter(pk__in=found).values_list("pk", "leaf", "body")
        for pk, leaf, body in events.iterator(chunk_size=BATCH):
            digest = merkle.leaf_digest(journal_tree.entry(bytes(leaf), bytes(body)))
            leaves.append(JournalLeaf(position=tree.size, event_id=pk, digest=digest))
            nodes += [JournalNode(level=at, number=number, digest=made) for at, number, made in tree.append(digest)]
        if not leaves or not _take(leaves, last):
            return False
        JournalNode.objects.bulk_create(nodes)
        new = checkpoints.signed(tree_size=tree.size, root=tree.root(), previous=previous, at=now)
        new.save(force_insert=True)
    return True


def _take(leaves: list[JournalLeaf], last: Checkpoint | None) -> bool:
    """Write the places of a batch; returns False when somebody else took them and signed that."""
    try:
        with transaction.atomic():
            JournalLeaf.objects.bulk_create(leaves)
    except IntegrityError as error:
        if checkpoints.newest() == last:
            raise TreeBroken("a place after the newest checkpoint is taken") from error
        return False
    return True


def _edge(last: Checkpoint | None) -> tuple[merkle.Growing, bytes]:
    """Return the right edge of the tree that the last checkpoint signed, and that one's digest; raises TreeBroken."""
    if last is None:
        return merkle.Growing(), NO_CHECKPOINT
    try:
        state, tree = checkpoints.stored(last), journal_tree.growing(last.tree_size)
    except (LookupError, checkpoints.Forged) as error:
        raise TreeBroken(str(error)) from error
    if state.root != tree.root():
        raise TreeBroken("the stored tree has another root than the newest checkpoint")
    return tree, state.digest
