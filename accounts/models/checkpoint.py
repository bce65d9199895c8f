"""What seals the journal: the order of its events, the tree over them, and the signed states of that tree (H07).

Append-only like the events themselves, and without foreign keys.
"""

from typing import ClassVar

from django.db import models

from accounts.models.base import TimeOrdered


class JournalLeaf(models.Model):
    """The place of an event in the journal's order, the first is 0, and its digest in the tree over all of them."""

    position = models.BigIntegerField(primary_key=True)
    event_id = models.UUIDField(unique=True)
    digest = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"position {self.position}"


class JournalNode(TimeOrdered):
    """A perfect subtree at every 8th level: `number` counts those of its level, so it covers `2 ** level` leaves."""

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["level", "number"], name="one_node_a_place"),
        ]

    def __str__(self) -> str:
        return f"node {self.number} of level {self.level}"


class Checkpoint(models.Model):
    """One state of the journal, signed: the root over its first `tree_size` events.

    `note` is the truth; the columns beside it repeat parts of it for searching and are checked against it.
    """

    tree_size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    note = models.TextField()

    def __str__(self) -> str:
        return f"checkpoint {self.tree_size}"
