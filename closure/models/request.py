"""A closure request: where it stands, under which pinned policy, and how far its plan has come."""

from typing import ClassVar

from django.db import models

from accounts.ids import new_reference
from accounts.models import Account
from accounts.models.base import OfAccount, different, never_by_owner
from closure.enums import OPEN_STATES, ClosureState, FaceOutcome, RequestChannel
from closure.models.figure_indexes import FIGURE_INDEXES
from closure.models.queue_indexes import QUEUE_INDEXES


def closure_reference() -> str:
    """Return a new closure reference, CL-XXXX-XXXX."""
    return new_reference("CL")


class ClosureRequest(OfAccount):
    """One request of one account; `state` is written by closure.lifecycle alone, `version` counts its writes."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="closures")
    reference = models.CharField(max_length=16, unique=True, default=closure_reference)
    state = models.CharField(max_length=16, choices=ClosureState, default=ClosureState.DRAFT)
    version = models.PositiveIntegerField(default=0)
    channel = models.CharField(max_length=8, choices=RequestChannel)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="Last step by the customer: an idle draft lapses")

    policy = models.JSONField(help_text="The policy, whole, as it stood at submission (E08)")
    policy_name = models.CharField(max_length=64)
    policy_version = models.CharField(max_length=16)

    progress = models.JSONField(default=dict, help_text="{step: ISO time} of the journey's finished steps")
    acknowledged = models.JSONField(default=dict, help_text="{code: ISO time} of notes and warnings")

    acknowledged_texts = models.JSONField(default=dict, help_text="{code: keyed digest of the text that was shown}")

    submitted_at = models.DateTimeField(null=True, blank=True)
    finalizes_after = models.DateTimeField(null=True, blank=True)
    finalizes_before = models.DateTimeField(null=True, blank=True)
    release_at = models.DateTimeField(null=True, blank=True, help_text="submitted_at + max_frozen (E09)")
    flags = models.JSONField(default=list, help_text="Reasons for a look by staff: codes")
    review_due = models.BooleanField(default=False)
    four_eyes_due = models.BooleanField(default=False)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.UUIDField(null=True, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.UUIDField(null=True, blank=True)

    face_due = models.BooleanField(default=False, help_text="Staff record an outcome before they approve")
    face_consent = models.BooleanField(null=True, help_text="None: nobody asked; False: the route by documents")
    face_outcome = models.CharField(max_length=16, choices=FaceOutcome, blank=True)
    face_recorded_at = models.DateTimeField(null=True, blank=True)
    face_recorded_by = models.UUIDField(null=True, blank=True)

    assigned_to = models.UUIDField(null=True, blank=True, help_text="Whose work it is, as a lead says")
    desk_by = models.UUIDField(null=True, blank=True, help_text="Who is at work on it; until then nobody else decides")
    desk_until = models.DateTimeField(null=True, blank=True)

    held_from = models.CharField(max_length=16, choices=ClosureState, blank=True)
    held_reasons = models.JSONField(default=list, help_text="Set of HeldReason values, sorted")
    held_at = models.DateTimeField(null=True, blank=True)

    plan = models.JSONField(default=dict, help_text="{step: {state, attempts, at}} of finalization")
    sealed_at = models.DateTimeField(null=True, blank=True, help_text="From here on it only goes forward")
    parked_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    first_ended_at = models.DateTimeField(
        null=True, blank=True, help_text="By the book: when it had closed before an older database was restored (H06)"
    )
    end_reason = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(state__in=sorted(OPEN_STATES)), name="closure_one_open"
            ),
            models.CheckConstraint(condition=models.Q(state__in=ClosureState.values), name="closure_state_known"),
            models.CheckConstraint(
                condition=models.Q(proposed_at=None, proposed_by=None)
                | models.Q(proposed_at__isnull=False, proposed_by__isnull=False),
                name="closure_proposal_paired",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_at=None, reviewed_by=None)
                | models.Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="closure_review_paired",
            ),
            models.CheckConstraint(condition=different("proposed_by", "reviewed_by"), name="closure_two_people"),
            models.CheckConstraint(
                condition=never_by_owner("reviewed_by", "proposed_by"), name="closure_never_by_owner"
            ),
            models.CheckConstraint(
                condition=models.Q(face_outcome="", face_recorded_at=None, face_recorded_by=None)
                | (
                    ~models.Q(face_outcome="")
                    & models.Q(face_recorded_at__isnull=False, face_recorded_by__isnull=False)
                    & ~models.Q(face_recorded_by=models.F("account_id"))
                ),
                name="closure_face_paired",
            ),
            models.CheckConstraint(
                condition=models.Q(desk_by=None, desk_until=None)
                | (
                    models.Q(desk_by__isnull=False, desk_until__isnull=False)
                    & ~models.Q(desk_by=models.F("account_id"))
                ),
                name="closure_desk_paired",
            ),
            models.CheckConstraint(
                condition=models.Q(assigned_to=None) | ~models.Q(assigned_to=models.F("account_id")),
                name="closure_never_assigned_to_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(submitted_at=None) | models.Q(finalizes_before__isnull=False),
                name="closure_submitted_has_due",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ClosureState.HELD, held_at__isnull=False)
                | (~models.Q(state=ClosureState.HELD) & models.Q(held_at=None)),
                name="closure_held_paired",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["finalizes_after", "id"],
                condition=models.Q(state__in=[ClosureState.COOLING_OFF, ClosureState.APPROVED]),
                name="closure_due",
            ),
            models.Index(
                fields=["next_try_at", "id"], condition=models.Q(state=ClosureState.FINALIZING), name="closure_running"
            ),
            models.Index(
                fields=["release_at", "id"],
                condition=models.Q(state__in=[ClosureState.IN_REVIEW, ClosureState.HELD]),
                name="closure_release",
            ),
            models.Index(
                fields=["touched_at", "id"], condition=models.Q(state=ClosureState.DRAFT), name="closure_drafts"
            ),
            *FIGURE_INDEXES,
            *QUEUE_INDEXES,
        ]

    def __str__(self) -> str:
        return self.reference
