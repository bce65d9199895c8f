"""An invitation: documents stand for the proof that somebody cannot give any more, for one account and a time (J04)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.enums import InvitationCause, InvitedTo
from accounts.models.account import Account
from accounts.models.base import OfAccount, different, never_by_owner, paired
from accounts.models.case import Case


class RecoveryInvitation(OfAccount):
    """A mailed link alone begins a recovery, or a reactivation, until `expires_at`; what it begins is reviewed as ever.

    Staff propose and confirm it in a case, and until then it lets nobody do anything. One that comes with a dead
    password, after staff have looked at documents, names nobody. `begun_id` is what was begun on it, of either floor.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_invitations")
    opens = models.CharField(max_length=16, choices=InvitedTo)
    cause = models.CharField(max_length=16, choices=InvitationCause)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations")
    created_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.UUIDField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.UUIDField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Nothing begins on it from then on")
    begun_id = models.UUIDField(null=True, blank=True, help_text="What was begun on it, which goes on after its time")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], condition=Q(ended_at=None), name="invitation_open"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="invitation_one_open"),
            models.CheckConstraint(condition=Q(opens__in=InvitedTo.values), name="invitation_opens_known"),
            models.CheckConstraint(condition=Q(cause__in=InvitationCause.values), name="invitation_cause_known"),
            models.CheckConstraint(condition=paired("proposed"), name="invitation_proposal_paired"),
            models.CheckConstraint(condition=paired("confirmed"), name="invitation_confirmation_paired"),
            models.CheckConstraint(
                condition=~Q(cause=InvitationCause.STAFF)
                | Q(expires_at=None)
                | Q(proposed_by__isnull=False, confirmed_by__isnull=False),
                name="invitation_by_two",
            ),
            models.CheckConstraint(
                condition=different("proposed_by", "confirmed_by"), name="invitation_confirmed_by_another"
            ),
            models.CheckConstraint(
                condition=never_by_owner("proposed_by", "confirmed_by"), name="invitation_never_by_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation to {self.opens}"
