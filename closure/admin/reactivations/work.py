"""The day's work of reactivations, for the index and for the list's filter alike."""

from django.utils.translation import gettext_lazy as _

from accounts.admin.work import Work
from closure.models import Reactivation
from closure.reactivation import ageing

WORK: tuple[Work[Reactivation], ...] = (
    Work(
        code="reactivations_overdue",
        name=_("Overdue reactivations"),
        note=_("Their owners wait for more than three days."),
        rows=ageing.overdue,
        tone="danger",
    ),
    Work(
        code="reactivations_second",
        name=_("Reactivations to confirm"),
        note=_("One person proposed them. A lead other than them confirms or refuses."),
        rows=lambda _now: ageing.to_review().filter(proposed_by__isnull=False),
        tone="warn",
    ),
    Work(
        code="reactivations",
        name=_("Reactivations"),
        note=_("Note and document wait to be looked at; who waits longest first."),
        rows=lambda _now: ageing.to_review(),
        tone="info",
    ),
)
