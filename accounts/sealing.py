"""Seals the journal: gives each event its place in one order and signs the tree over all of them (H07).

Whoever writes events waits for nothing here: they are looked for afterwards, and two who seal at the same moment are
kept apart by the first place that both want. The later one undoes what it did and looks again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts import checkpoints, journal_tree, merkle
from accounts.checkpoints import NO_CHECKPOINT
from accounts.ids import uuid7_floor
from accounts.models import Checkpoint, Event, JournalLeaf, JournalNode

BATCH = 5000
LATELY = 500
# A key is made before its transaction commits, by a clock of its own: so far back it is looked for what came later.
RECENT = timedelta(minutes=2)
# Position, event, digest.
Leaf = tuple[int, UUID, bytes]
INTO_LEAVES = {
    "postgresql": "INSERT INTO accounts_journalleaf (position, event_id, digest) "
    "SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::bytea[])",
    "sqlite": "INSERT INTO accounts_journalleaf (position, event_id, digest) VALUES (%s, %s, %s)",
}


class TreeBroken(Exception):
    """The stored tree is not the one that was signed, so nothing is signed on top: `verify_journal` names the place."""


def waiting() -> QuerySet[Event]:
    """Return the events that are not sealed yet, oldest key first."""
    leaves = JournalLeaf.objects.filter(event_id=OuterRef("pk"))
    return Event.objects.filter(~Exists(leaves)).order_by("pk")


def waiting_lately() -> QuerySet[Event]:
    """Return those of the newest LATELY events that are not sealed yet, oldest key first.

    For looking at: two index scans, where asking about a long journal would read all of it.
    """
    newest = list(Event.objects.order_by("-pk").values_list("pk", flat=True)[:LATELY])
    sealed = set(JournalLeaf.objects.filter(event_id__in=newest).values_list("event_id", flat=True))
    return Event.objects.filter(pk__in=[pk for pk in newest if pk not in sealed]).order_by("pk")


def seal(*, now: datetime, everything: bool = False, stop: Callable[[], bool] = lambda: False) -> int:
    """Seal what is waiting, a checkpoint a batch; returns how many events. Safe at any time, and by two at once.

    Looks at events made lately or since shortly before the newest sealed one. With `everything` at the whole journal:
    an event whose transaction took longer than that is found so. `stop` is asked between batches.
    """
    total, after = 0, UUID(int=0) if everything else _recently()
    # Looked at first, outside of any transaction: where only one may write, looking keeps nobody from it.
    while not stop() and waiting().filter(pk__gt=after).exists():
        sealed = _seal_batch(after, now)
        if not sealed:
            break
        total, after = total + len(sealed), sealed[-1][1]
    return total


def _recently() -> UUID:
    newest = JournalLeaf.objects.order_by("-event_id").values_list("event_id", flat=True).first()
    lately = uuid7_floor(RECENT)
    return lately if newest is None else min(lately, uuid7_floor(RECENT, before=newest))


def _seal_batch(after: UUID, now: datetime) -> list[Leaf]:
    """Number the next events after this key and sign the tree that they end; none where somebody else sealed them."""
    with transaction.atomic():
        last = checkpoints.newest()
        tree, previous = _edge(last)
        leaves: list[Leaf] = []
        nodes = []
        for pk, leaf, body in waiting().filter(pk__gt=after).values_list("pk", "leaf", "body")[:BATCH]:
            digest = merkle.leaf_digest(journal_tree.entry(bytes(leaf), bytes(body)))
            leaves.append((tree.size, pk, digest))
            nodes += [JournalNode(level=at, number=number, digest=made) for at, number, made in tree.append(digest)]
        if not leaves or not _take(leaves, last):
            return []
        JournalNode.objects.bulk_create(nodes)
        new = checkpoints.signed(tree_size=tree.size, root=tree.root(), previous=previous, at=now)
        new.save(force_insert=True)
    return leaves


def _take(leaves: list[Leaf], last: Checkpoint | None) -> bool:
    """Write the places of a batch; returns False when somebody else took them and signed that."""
    try:
        with transaction.atomic():
            _insert(leaves)
    except IntegrityError as error:
        if checkpoints.newest() == last:
            raise TreeBroken("a place after the newest checkpoint is taken") from error
        return False
    return True


def _insert(leaves: list[Leaf]) -> None:
    """Insert leaves as each database does it fastest: rows were nine tenths of the time of sealing."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns = [list(column) for column in zip(*leaves, strict=True)]
            cursor.execute(INTO_LEAVES["postgresql"], columns)
        else:
            rows = [(position, event_id.hex, digest) for position, event_id, digest in leaves]
            cursor.executemany(INTO_LEAVES["sqlite"], rows)


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
