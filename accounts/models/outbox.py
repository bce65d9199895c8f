"""Mail and text messages to send: written with the change that causes them, sent by the worker."""

from typing import ClassVar

from django.db import models

from accounts.enums import Delivery, MessageChannel
from accounts.models.base import TimeOrdered


class OutboxMessage(TimeOrdered):
    """One message, sealed; its payload goes on delivery or 72 h after failing (invariant 10).

    Of some the words that were sent stay in its place, sealed too, for a time (accounts.messages.kept).
    """

    account_id = models.UUIDField(null=True, db_index=True)
    channel = models.CharField(max_length=8, choices=MessageChannel)
    template = models.CharField(max_length=64)
    payload = models.BinaryField(null=True, help_text="Sealed: recipient, language, context")
    state = models.CharField(max_length=8, choices=Delivery, default=Delivery.QUEUED)
    in_bulk = models.BooleanField(default=False, help_text="One of many: sent after what somebody waits for")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "undelivered message"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["in_bulk", "due_at"], condition=models.Q(state=Delivery.QUEUED), name="outbox_waiting"
            ),
            models.Index(fields=["finished_at"], condition=models.Q(state=Delivery.FAILED), name="outbox_failed"),
            models.Index(
                fields=["finished_at"],
                condition=models.Q(state=Delivery.SENT, payload__isnull=False),
                name="outbox_words_kept",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} by {self.channel}"
