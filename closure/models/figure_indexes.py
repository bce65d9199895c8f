"""Indexes that hold whole answers of closure.figures: its counts read no row."""

from django.db import models

from closure.enums import LIVE_STATES

FIGURE_INDEXES: list[models.Index] = [
    models.Index(fields=["created_at", "submitted_at", "state", "review_due", "reviewed_at"], name="closure_started"),
    models.Index(
        fields=["ended_at", "state", "submitted_at", "end_reason"],
        condition=models.Q(ended_at__isnull=False),
        name="closure_ended",
    ),
    models.Index(
        fields=["reviewed_at", "submitted_at"], condition=models.Q(reviewed_at__isnull=False), name="closure_decided"
    ),
    models.Index(fields=["submitted_at"], condition=models.Q(state__in=sorted(LIVE_STATES)), name="closure_ages"),
]
