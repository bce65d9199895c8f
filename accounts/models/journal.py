"""What happened: append-only rows of codes, opaque ids and digests; free text lives beside them and can be erased."""

from typing import ClassVar

from django.db import models

from accounts.models.base import TimeOrdered


class Event(TimeOrdered):
    """One change, as canonical stored bytes with a keyed leaf hash (H07). No foreign keys: it outlives what it names.

    `body` is the truth; the columns beside it repeat parts of it for searching and are checked against it.
    """

    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    body = models.BinaryField()
    key_version = models.PositiveSmallIntegerField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account_id", "id"], name="event_of_account"),
            models.Index(fields=["action", "id"], name="event_by_action"),
            models.Index(fields=["actor", "id"], name="event_by_actor"),
            models.Index(fields=["at", "id"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        return self.action


class Note(TimeOrdered):
    """Free text of an event; its salted digest stays in the event when the text is erased."""

    event_id = models.UUIDField(unique=True)
    account_id = models.UUIDField(null=True, db_index=True)
    text = models.TextField()
    salt = models.BinaryField(max_length=16)

    def __str__(self) -> str:
        return "note"
