"""The shape of what somebody wants to have checked: a file, or its text."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ReceiptForm(forms.Form):
    """One of the two. What it is worth is not asked here."""

    file = forms.FileField(
        label=_("The file of the receipt"),
        help_text=_("Its name begins with receipt- and ends with .json."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    text = forms.CharField(
        label=_("Or the text in the file"),
        help_text=_("All of it, from the first to the last bracket."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for exactly one."""
        cleaned = super().clean() or {}
        given = [bool(cleaned.get("file")), bool(str(cleaned.get("text", "")).strip())]
        if not self.errors and not any(given):
            self.add_error("file", _("Choose a file, or paste its text."))
        if all(given):
            self.add_error("text", _("Give the file or its text, not both."))
        return cleaned

    @property
    def given(self) -> bytes:
        """What is to be checked."""
        file, text = self.cleaned_data["file"], str(self.cleaned_data["text"])
        return bytes(file.read()) if file else text.encode()
