"""A reactivation: an owner asks to have a disabled account back, by a note and a document; two of the staff decide."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.enums import DocumentType
from accounts.ids import new_reference
from accounts.models import Account, Case
from accounts.models.base import OfAccount, different, never_by_owner, paired
from closure.enums import ReactivationState

S = ReactivationState
OPEN_REACTIVATIONS = frozenset({S.DRAFT, S.SUBMITTED, S.NEEDS_MORE})


def reactivation_reference() -> str:
    """Return a new reference of a reactivation, RA-XXXX-XXXX."""
    return new_reference("RA")


class Reactivation(OfAccount):
    """One try of one account; `state` is written by closure.reactivation.lifecycle alone, `version` counts its writes.

    Its photos are those of its case.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="reactivations")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="reactivation")
    reference = models.CharField(max_length=16, unique=True, default=reactivation_reference)
    state = models.CharField(max_length=16, choices=ReactivationState, default=ReactivationState.DRAFT)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="Last step by the customer: an idle draft lapses")

    policy = models.JSONField(help_text="The policy, whole, as it stood at the start (E08)")
    policy_name = models.CharField(max_length=64)
    policy_version = models.CharField(max_length=16)

    note = models.CharField(max_length=500, help_text="What the note has to say, word for word (J08)")
    document_type = models.CharField(max_length=32, choices=DocumentType, blank=True)
    document_chosen_at = models.DateTimeField(null=True, blank=True)

    submitted_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When staff asked for better photos last")
    asked = models.TextField(blank=True, help_text="What staff wrote to the customer then")
    broken = models.JSONField(default=list, help_text="Codes of the rules that staff named last")
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.UUIDField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state__in=sorted(OPEN_REACTIVATIONS)), name="reactivation_one_open"
            ),
            models.CheckConstraint(condition=Q(state__in=S.values), name="reactivation_state_known"),
            models.CheckConstraint(condition=paired("proposed"), name="reactivation_proposal_paired"),
            models.CheckConstraint(condition=paired("decided"), name="reactivation_decision_paired"),
            models.CheckConstraint(condition=different("proposed_by", "decided_by"), name="reactivation_two_people"),
            models.CheckConstraint(
                condition=never_by_owner("proposed_by", "decided_by"), name="reactivation_never_by_owner"
            ),
            models.CheckConstraint(
                condition=~Q(state=S.APPROVED) | Q(proposed_by__isnull=False, decided_by__isnull=False),
                name="reactivation_approved_by_two",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["submitted_at", "id"], condition=Q(state=S.SUBMITTED), name="reactivation_queue"),
            models.Index(fields=["id"], condition=Q(state__in=sorted(OPEN_REACTIVATIONS)), name="reactivation_open"),
        ]

    def __str__(self) -> str:
        return self.reference
