"""The day's work that legal holds bring."""

from django.utils.translation import gettext_lazy

from accounts.admin.work import Work
from closure.retention import hold_queries
from closure.retention.models import LegalHold

WORK: tuple[Work[LegalHold], ...] = (
    Work(
        code="unconfirmed",
        name=gettext_lazy("Holds to confirm"),
        note=gettext_lazy("One person placed them. Another one in compliance confirms within 24 hours."),
        rows=lambda _now: hold_queries.unconfirmed(),
        tone="danger",
    ),
    Work(
        code="lift",
        name=gettext_lazy("Holds to lift"),
        note=gettext_lazy("One person proposed to lift them. Another one in compliance lifts them."),
        rows=lambda _now: hold_queries.lifts_waiting(),
        tone="info",
    ),
    Work(
        code="review",
        name=gettext_lazy("Holds to look at again"),
        note=gettext_lazy("Their day of review has come. Lift what is over."),
        rows=hold_queries.reviews_due,
        tone="warn",
    ),
)
