"""Shapes of what compliance types about legal holds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from closure.retention.holds import MOST_BASIS, MOST_CASE

MAX_REASON = 2000


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For staff and the journal. The customer does not read it."),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PlaceForm(ReasonForm):
    """Whom or what to hold, and what that rests on."""

    account = forms.CharField(
        label=_("Account"),
        help_text=_("An e-mail address or phone number in full, or the id. A closed account has its id alone."),
        max_length=320,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    record = forms.UUIDField(
        label=_("Sealed record"), help_text=_("Its id, to hold one record only. Empty: all of it."), required=False
    )
    case_number = forms.CharField(label=_("Case number"), max_length=MOST_CASE)
    basis = forms.CharField(label=_("Basis"), help_text=_("The law or order it rests on."), max_length=MOST_BASIS)
    review_on = forms.DateField(
        label=_("Look at it again on"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    field_order = ("account", "record", "case_number", "basis", "review_on", "reason")
