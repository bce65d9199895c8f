"""Shapes of the forms about a request that waits."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import FactorsForm
from closure.status_links import MAX_CONTACT, MAX_REFERENCE

MAX_ANSWER = 2000


class StatusForm(forms.Form):
    """Which request, and where its owner gets mail or texts."""

    reference = forms.CharField(
        label=_("Reference"),
        help_text=_("It begins with CL- and is in the mail we sent you."),
        max_length=MAX_REFERENCE,
        error_messages={"required": _("Enter the reference.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    contact = forms.CharField(
        label=_("E-mail address or phone number"),
        help_text=_("The one of your account. A phone number starts with + and the country code."),
        max_length=MAX_CONTACT,
        error_messages={"required": _("Enter your e-mail address or phone number.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )


class AnswerForm(FactorsForm):
    """The answer to our question, and one code."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=MAX_ANSWER,
        error_messages={"required": _("Write your answer.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Factor and code, for each that was typed."""
        return [(name, code) for name, code in super().codes if name != "text"]

    def clean(self) -> dict[str, Any]:
        """Ask for at least one code beside the answer."""
        cleaned = forms.Form.clean(self) or {}
        if not self.errors and not any(value for name, value in cleaned.items() if name != "text"):
            raise forms.ValidationError(_("Enter a code."))
        return cleaned
