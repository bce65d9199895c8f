"""What a mail or text provider reported about an address: that it bounced, or that its reader complained."""

from typing import ClassVar

from django.db import models

from accounts.enums import DeliveryOutcome, MessageChannel
from accounts.models.base import TimeOrdered
from accounts.models.case import Case


class DeliveryEvent(TimeOrdered):
    """One report; the address is a keyed fingerprint, for which there may be no account."""

    report_digest = models.BinaryField(max_length=32, unique=True, help_text="Of the provider's own id: taken once")
    account_id = models.UUIDField(null=True, blank=True, db_index=True)
    channel = models.CharField(max_length=8, choices=MessageChannel)
    outcome = models.CharField(max_length=16, choices=DeliveryOutcome)
    fingerprint = models.BinaryField(max_length=32)
    key_version = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["fingerprint"], name="delivery_of_contact")]

    def __str__(self) -> str:
        return f"{self.outcome} by {self.channel}"
