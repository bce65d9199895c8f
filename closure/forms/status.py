"""Shapes of the forms about a request that waits."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import FactorsForm, contact_field
from closure.forms.remedy import MAX_DIGEST, MAX_KEY
from closure.status_links import MAX_REFERENCE

MAX_ANSWER = 2000


class StatusForm(forms.Form):
    """Which request, and where its owner gets mail or texts."""

    reference = forms.CharField(
        label=_("Reference"),
        help_text=_("It begins with CL- or SC- and is in the mail we sent you."),
        max_length=MAX_REFERENCE,
        error_messages={"required": _("Enter the reference.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    contact = contact_field()


class CodeBeside(FactorsForm):
    """One code beside other fields, which are named in `beside`."""

    beside: ClassVar[frozenset[str]]

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Factor and code, for each that was typed."""
        return [(name, code) for name, code in super().codes if name not in self.beside]

    def clean(self) -> dict[str, Any]:
        """Ask for at least one code beside the rest."""
        cleaned = forms.Form.clean(self) or {}
        if not self.errors and not any(value for name, value in cleaned.items() if name not in self.beside):
            raise forms.ValidationError(_("Enter a code."))
        return cleaned


class AnswerForm(CodeBeside):
    """The answer to our question, and one code."""

    beside = frozenset({"text"})
    text = forms.CharField(
        label=_("Your answer"),
        max_length=MAX_ANSWER,
        error_messages={"required": _("Write your answer.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class ClearForm(CodeBeside):
    """What was shown, by its digest, a key that makes a second press harmless, and one code."""

    beside = frozenset({"confirm", "key"})
    confirm = forms.CharField(widget=forms.HiddenInput, max_length=MAX_DIGEST)
    key = forms.CharField(widget=forms.HiddenInput, max_length=MAX_KEY)
