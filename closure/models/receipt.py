"""Receipts of closed accounts: never changed once shown, found by an address that nobody can guess (F07)."""

from uuid import uuid4

from django.db import models

from accounts.models.base import OfAccount
from closure.models.request import ClosureRequest


class Receipt(OfAccount):
    """What became of one account, as it was signed; `body` holds no personal data (closure.receipts.document).

    The key is random and not ordered by time: it is the address of the page, and a secret of who has it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    account_id = models.UUIDField()
    request = models.OneToOneField(ClosureRequest, on_delete=models.PROTECT, related_name="receipt")
    body = models.BinaryField(help_text="Canonical JSON: exactly these bytes were signed")
    signature = models.BinaryField(max_length=64)
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"receipt of {self.request_id}"
