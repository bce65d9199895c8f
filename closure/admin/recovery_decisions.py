"""What staff may do about a recovery of lost factors, each with its words, and the work that it brings (L04)."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from accounts.admin.decisions import Decision
from accounts.admin.forms import ReasonForm
from accounts.admin.work import Work
from accounts.enums import RecoveryRule, RecoveryState
from accounts.models import FactorRecovery
from accounts.recovering import deciding


class BrokenForm(ReasonForm):
    """Which rules the photos break, in words that the customer reads."""

    broken = forms.MultipleChoiceField(
        label=gettext_lazy("What the customer is told"),
        choices=RecoveryRule.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one rule.")},
    )
    field_order = ("broken", "reason")


DECISIONS: tuple[Decision[FactorRecovery], ...] = (
    Decision(
        code="propose",
        heading=gettext_lazy("Propose to recover"),
        consequence=gettext_lazy("Nothing changes yet. A lead who is somebody else looks too, and confirms."),
        done=gettext_lazy("It is proposed. A lead who is somebody else confirms it."),
        operation=deciding.propose,
        offered=deciding.may_propose,
    ),
    Decision(
        code="confirm",
        heading=gettext_lazy("Confirm"),
        consequence=gettext_lazy(
            "All contacts of now and before are told at once. After 72 hours the lost factors, the password and every "
            "session end, unless somebody stops it or uses what is said to be lost."
        ),
        done=gettext_lazy("It is confirmed. It takes effect after 72 hours."),
        operation=deciding.confirm,
        offered=deciding.may_confirm,
    ),
    Decision(
        code="ask",
        heading=gettext_lazy("Ask for better photos"),
        consequence=gettext_lazy("The customer is told what is wrong, and has 30 days. A proposal is dropped."),
        done=gettext_lazy("The customer is asked for better photos."),
        operation=deciding.ask,
        offered=lambda _row, _actor: True,
        form=BrokenForm,
    ),
    Decision(
        code="refuse",
        heading=gettext_lazy("Refuse"),
        consequence=gettext_lazy("It ends, and nothing was changed. The customer is told why, and can begin again."),
        done=gettext_lazy("It is refused."),
        operation=deciding.refuse,
        offered=lambda _row, _actor: True,
        form=BrokenForm,
    ),
)

WORK: tuple[Work[FactorRecovery], ...] = (
    Work(
        code="review",
        name=gettext_lazy("Recoveries to look at"),
        note=gettext_lazy("Customers who lost a factor sent documents. They wait for days."),
        rows=lambda _now: _submitted().filter(proposed_by=None),
        tone="warn",
    ),
    Work(
        code="second",
        name=gettext_lazy("Recoveries proposed"),
        note=gettext_lazy("One person proposed them. A lead who is somebody else confirms."),
        rows=lambda _now: _submitted().exclude(proposed_by=None),
        tone="info",
    ),
)


def _submitted() -> QuerySet[FactorRecovery]:
    """Return those that wait for staff, the longest first."""
    return FactorRecovery.objects.filter(state=RecoveryState.SUBMITTED).order_by("submitted_at", "id")
