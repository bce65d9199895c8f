"""Support cases, by the reference people quote: what is written in them, where the answer goes, links that open one.

Rows beside the case name the account that is behind the address that was typed, so that they are erased with it;
the case itself is that account's only once its owner has shown up (accounts.case_session).
"""

from typing import ClassVar

from django.db import models

from accounts.enums import CaseKind, CaseState, MessageChannel
from accounts.ids import new_reference
from accounts.models.base import TimeOrdered, never_by_owner


def case_reference() -> str:
    """Return a new case reference, SC-XXXX-XXXX."""
    return new_reference("SC")


class Case(TimeOrdered):
    """One case; who it is about may be unknown."""

    reference = models.CharField(max_length=16, unique=True, default=case_reference)
    account_id = models.UUIDField(null=True, blank=True, db_index=True)
    kind = models.CharField(max_length=32, choices=CaseKind)
    state = models.CharField(max_length=32, choices=CaseState, default=CaseState.OPEN)
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    desk_by = models.UUIDField(null=True, blank=True, help_text="Who is at work on it; until then nobody else decides")
    desk_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], condition=~models.Q(state=CaseState.RESOLVED), name="case_queue"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(desk_by=None, desk_until=None)
                | models.Q(desk_by__isnull=False, desk_until__isnull=False),
                name="case_desk_paired",
            ),
            models.CheckConstraint(condition=never_by_owner("desk_by"), name="case_desk_never_by_owner"),
            models.CheckConstraint(
                condition=models.Q(state=CaseState.RESOLVED, resolved_at__isnull=False)
                | (~models.Q(state=CaseState.RESOLVED) & models.Q(resolved_at=None)),
                name="case_resolution_paired",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class CaseContact(TimeOrdered):
    """Where somebody who was not signed in gets the answer; nobody has shown yet that the address is theirs.

    `matched_at` is when we looked whose address it is, once: whoever has it later has no part in the case.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="contact")
    account_id = models.UUIDField(null=True, blank=True, db_index=True)
    channel = models.CharField(max_length=8, choices=MessageChannel)
    value = models.BinaryField(help_text="The address, sealed and bound to this row")
    language = models.CharField(max_length=12)
    matched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["id"], condition=models.Q(matched_at=None, account_id=None), name="case_contact_unmatched"
            ),
        ]

    def __str__(self) -> str:
        return f"contact of {self.case_id} by {self.channel}"


class CaseMessage(TimeOrdered):
    """What one side wrote."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    account_id = models.UUIDField(null=True, blank=True, db_index=True)
    from_staff = models.BooleanField(default=False)
    text = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return "message of staff" if self.from_staff else "message of a customer"


class CaseLink(TimeOrdered):
    """One link that opens a case, used once; the table keeps the digest of its token, never the token."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    account_id = models.UUIDField(null=True, blank=True, db_index=True)
    channel = models.CharField(max_length=8, choices=MessageChannel)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link to a case by {self.channel}"
