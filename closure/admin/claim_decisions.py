"""What staff may do about a claim, each with its words: one proposes what becomes of it, another settles (F08, L06)."""

from django import forms
from django.utils.translation import gettext_lazy

from accounts import cases
from accounts.admin.decisions import Decision
from accounts.admin.forms import ReasonForm
from closure.enums import ClaimOutcome
from closure.models import DepositClaim
from closure.operations.claims import can_settle, propose_settlement, settle


class ProposeForm(ReasonForm):
    """What becomes of it, and why: to whom, how, and what shows that it is theirs."""

    outcome = forms.TypedChoiceField(
        label=gettext_lazy("What becomes of it"),
        choices=ClaimOutcome.choices,
        coerce=ClaimOutcome,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what becomes of it.")},
    )
    field_order = ("outcome", "reason")


class SettleForm(ProposeForm):
    """The outcome that was seen proposed, and why a second person agrees."""

    outcome = forms.TypedChoiceField(choices=ClaimOutcome.choices, coerce=ClaimOutcome, widget=forms.HiddenInput)


DECISIONS: tuple[Decision[DepositClaim], ...] = (
    Decision(
        code="settle",
        heading=gettext_lazy("Settle claim"),
        consequence=gettext_lazy(
            "You agree with what is proposed above. The case is resolved, and the archive ends when its time comes."
        ),
        done=gettext_lazy("It is settled."),
        operation=settle,
        offered=lambda claim, actor: bool(claim.outcome) and can_settle(actor, claim),
        form=SettleForm,
        starts_with=lambda claim: {"outcome": claim.outcome},
    ),
    Decision(
        code="propose",
        heading=gettext_lazy("Propose settlement"),
        consequence=gettext_lazy(
            "Say in the reason to whom it goes, how, and what shows that it is theirs. "
            "A lead or compliance, not you, settles it."
        ),
        done=gettext_lazy("The settlement is proposed. A second person settles it."),
        operation=propose_settlement,
        offered=lambda _claim, actor: cases.can_handle(actor),
        form=ProposeForm,
        starts_with=lambda claim: {"outcome": claim.outcome},
    ),
)
