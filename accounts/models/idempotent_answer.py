"""Answers the API has given under an `Idempotency-Key`, kept for a day so that a repeated call repeats nothing."""

from django.db import models

from accounts.models.base import OfAccount


class IdempotentAnswer(OfAccount):
    """One call of one account. Keyed digests only of key and body: a body can hold a code or a password."""

    account_id = models.UUIDField(db_index=True)
    key_digest = models.BinaryField(max_length=32, unique=True, help_text="Of account, method, address and key")
    body_digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    http_status = models.PositiveSmallIntegerField(null=True, help_text="None: still being worked on")
    answer = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"answer {self.http_status or 'in progress'}"
