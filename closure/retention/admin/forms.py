"""Shapes of what staff type about legal holds and disclosures."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.admin.forms import ReasonForm
from closure.retention.disclosures import MOST_REFERENCE
from closure.retention.enums import DisclosurePurpose
from closure.retention.holds import MOST_BASIS, MOST_CASE


class ReviewForm(ReasonForm):
    """When to look at a hold again, and why then."""

    review_on = forms.DateField(
        label=_("Look at it again on"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    field_order: tuple[str, ...] = ("review_on", "reason")


class PlaceForm(ReviewForm):
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
    field_order = ("account", "record", "case_number", "basis", "review_on", "reason")


class AskForm(ReasonForm):
    """Whose archive is to be opened, and for whom."""

    purpose = forms.ChoiceField(
        label=_("For whom"),
        choices=DisclosurePurpose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose for whom the archive is opened.")},
    )
    account = forms.CharField(
        label=_("Account"),
        help_text=_(
            "Its id, or an e-mail address or phone number in full. Compliance finds closed accounts by what they had."
        ),
        max_length=320,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reference = forms.CharField(
        label=_("Reference"),
        help_text=_("Of the authority's letter; for the person, of their open case, such as SC-7F2A-94KD."),
        max_length=MOST_REFERENCE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("purpose", "account", "reference", "reason")


class OpeningForm(ReasonForm):
    """Why; and the passphrase that the page shows, signed by us, because nothing else remembers it."""

    made = forms.CharField(widget=forms.HiddenInput, max_length=1024)
