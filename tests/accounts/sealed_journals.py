"""A sealed journal for tampering with, and what whoever tampers can make anew without signing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.db import transaction
from django.db.models import QuerySet

from accounts import journal_tree, merkle, sealing
from accounts.actors import Actor
from accounts.journal import record
from accounts.models import Account, Checkpoint, Event, JournalLeaf, JournalNode

SYSTEM = Actor.system("tests")
Subjects = set[str]


@dataclass
class Journal:
    """A sealed journal: its events in order, the sizes that were signed, and the notes that were kept outside."""

    events: list[Event]
    sizes: list[int]
    published: list[str]

    def end(self, position: int) -> int:
        """Return the size of the checkpoint that signed a position first."""
        return next(size for size in self.sizes if size > position)

    def position(self, chance: Random) -> int:
        return chance.randrange(len(self.events))

    def event(self, chance: Random) -> Event:
        return chance.choice(self.events)

    def checkpoint(self, chance: Random) -> Checkpoint:
        return Checkpoint.objects.get(pk=chance.choice(self.sizes))


def make_journal(accounts: Sequence[Account], chance: Random, now: datetime) -> Journal:
    """Write and seal a few hundred events of these accounts, some with notes, some of nobody's, in batches."""
    for account in accounts:
        account.refresh_from_db(fields=["journal_head"])
    total = chance.randrange(257, 560)
    while Event.objects.count() < total:
        with transaction.atomic():
            for number in range(chance.choice([1, 2, 30, 120])):
                about = chance.choice([*accounts, None])
                note = f"note {number}" if chance.random() < 0.1 else None
                record("test.happened", actor=SYSTEM, at=now, account=about, data={"n": number}, note=note)
        sealing.seal(now=now)
    order = list(JournalLeaf.objects.order_by("position").values_list("event_id", flat=True))
    found = Event.objects.in_bulk(order)
    signed = list(Checkpoint.objects.order_by("tree_size"))
    return Journal([found[pk] for pk in order], [each.tree_size for each in signed], [each.note for each in signed])


def flipped(data: bytes, chance: Random) -> bytes:
    changed = bytearray(data)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def rows(event: Event) -> QuerySet[Event]:
    return Event.objects.filter(pk=event.pk)


def rebuild_nodes() -> None:
    """Make the kept subtrees fit the leaves as they are."""
    JournalNode.objects.all().delete()
    tree = merkle.Growing()
    for digest in JournalLeaf.objects.order_by("position").values_list("digest", flat=True):
        for level, number, made in tree.append(bytes(digest)):
            JournalNode.objects.create(level=level, number=number, digest=made)


def place(events: Sequence[Event]) -> None:
    """Make leaves and kept subtrees anew for these events in this order."""
    JournalLeaf.objects.all().delete()
    entries = [journal_tree.entry(bytes(event.leaf), bytes(event.body)) for event in events]
    JournalLeaf.objects.bulk_create([
        JournalLeaf(position=at, event_id=event.pk, digest=merkle.leaf_digest(entry))
        for at, (event, entry) in enumerate(zip(events, entries, strict=True))
    ])  # fmt: skip
    rebuild_nodes()
