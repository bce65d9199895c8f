"""What staff may do about a recovery of lost factors, each with its words, and the work that it brings (L04)."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.actors import Actor
from accounts.admin import case_desk
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


def _is_free(row: FactorRecovery, actor: Actor) -> bool:
    """Tell whether the actor may turn it down now: it waits for staff, and lies on nobody else's desk."""
    return deciding.is_open_to(row, actor) and not _is_anothers(row, actor)


def _is_anothers(row: FactorRecovery, actor: Actor) -> bool:
    return case_desk.is_anothers(row.case, actor, clock.now())


DECISIONS: tuple[Decision[FactorRecovery], ...] = (
    Decision(
        code="propose",
        heading=gettext_lazy("Propose to recover"),
        consequence=gettext_lazy("Nothing changes yet. A lead who is somebody else looks too, and confirms."),
        done=gettext_lazy("It is proposed. A lead who is somebody else confirms it."),
        operation=deciding.propose,
        offered=lambda row, actor: deciding.may_propose(row, actor) and not _is_anothers(row, actor),
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
        offered=lambda row, actor: deciding.may_confirm(row, actor) and not _is_anothers(row, actor),
    ),
    Decision(
        code="ask",
        heading=gettext_lazy("Ask for better photos"),
        consequence=gettext_lazy("The customer is told what is wrong, and has 30 days. A proposal is dropped."),
        done=gettext_lazy("The customer is asked for better photos."),
        operation=deciding.ask,
        offered=_is_free,
        form=BrokenForm,
    ),
    Decision(
        code="refuse",
        heading=gettext_lazy("Refuse"),
        consequence=gettext_lazy("It ends, and nothing was changed. The customer is told why, and can begin again."),
        done=gettext_lazy("It is refused."),
        operation=deciding.refuse,
        offered=_is_free,
        form=BrokenForm,
    ),
    Decision(
        code="stop",
        heading=gettext_lazy("Stop it"),
        consequence=gettext_lazy(
            "It ends at once, confirmed or not, and nothing was changed. Stop it where you learn that the owner did "
            "not ask for it. All contacts of now and before are told that it has ended, not why."
        ),
        done=gettext_lazy("The recovery is stopped. Nothing was changed."),
        operation=deciding.stop,
        offered=deciding.may_stop,
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
