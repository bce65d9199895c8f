"""Shapes of decisions. What is missing or wrong is said by the operations, so page and API say the same words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from closure.mails import REJECTIONS

MAX_REASON = 2000
# These two are the system's own.
CHOOSABLE = [(code, words) for code, words in REJECTIONS.items() if code not in {"timed_out", "lapsed"}]


class SeenForm(forms.Form):
    """Why, and on which version of the request."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For staff and the journal. The customer does not read it."),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class DecisionForm(SeenForm):
    """Why, and on which version and which account check."""

    seen_check = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def facts(self) -> dict[str, Any]:
        """Return what the operation is given."""
        given = self.cleaned_data
        return {
            "reason": given["reason"],
            "seen_version": given["seen_version"],
            "seen_check": given["seen_check"],
            "case": given.get("case") or None,
            "template": given.get("template") or None,
        }


class RejectForm(DecisionForm):
    """Why, and which words the customer gets."""

    template = forms.ChoiceField(
        label=_("What the customer reads"),
        choices=CHOOSABLE,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the customer reads.")},
    )
    field_order = ("template", "reason", "seen_version")


class CancelForm(DecisionForm):
    """Why, and in which case the customer asked for it (L01)."""

    case = forms.CharField(
        label=_("Open case of this customer"),
        help_text=_("Its reference, such as SC-7F2A-94KD."),
        required=False,
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("case", "reason", "seen_version")

    def clean_case(self) -> str:
        """References are upper case, however they are typed."""
        return str(self.cleaned_data["case"]).strip().upper()


class AskForm(DecisionForm):
    """What we want to know."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("What we want to know")
        self.fields["reason"].help_text = _("The customer reads it on the status page, as you write it here.")
