"""Shapes of the forms of coming back."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.forms import MAX_PASSWORD, FactorsForm, contact_field
from closure.enums import EvidenceKind
from closure.evidence import instant
from closure.operations.evidence import SUBJECTS
from closure.reactivation import documents


class AskForm(forms.Form):
    """Whose account."""

    contact = contact_field()


class ProveForm(FactorsForm):
    """The password where there is one that works, or one code that did not come the way the link came."""

    password = forms.CharField(
        label=_("Your password"),
        required=False,
        strip=False,
        max_length=MAX_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: Any = None, *, with_password: bool = True, **factors: Any) -> None:
        super().__init__(data, **factors)
        if not with_password:
            del self.fields["password"]

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Factor and code, for each that was typed."""
        return [(name, code) for name, code in super().codes if name != "password"]

    def clean(self) -> dict[str, Any]:
        """Ask for one of them."""
        cleaned = forms.Form.clean(self) or {}
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("Enter your password, or one code."))
        return cleaned


class DocumentForm(forms.Form):
    """Which document is photographed, each with its own rule (J09)."""

    document = forms.ChoiceField(
        label=_("Which document do you send?"),
        error_messages={"required": _("Choose a document."), "invalid_choice": _("Choose one of these documents.")},
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, chosen: str = "") -> None:
        super().__init__(data, initial={"document": chosen})
        self.fields["document"].choices = [  # type: ignore[attr-defined]  # a field of choices
            (each.type.value, f"{capfirst(each.type.label)}. {each.rule}") for each in documents.ACCEPTED
        ]


class PhotoForm(forms.Form):
    """One photo: taken now, or a file."""

    photo = forms.FileField(
        label=_("Photo"),
        allow_empty_file=True,
        error_messages={"required": _("Take or choose a photo first."), "invalid": _("Take or choose a photo first.")},
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )

    def __init__(self, data: Any = None, files: Any = None, *, kind: str, label: str, hint: str = "") -> None:
        super().__init__(data, files, auto_id=f"id_{kind}_%s")
        self.kind = kind
        field = self.fields["photo"]
        field.label, field.help_text = label, hint
        field.widget.attrs |= instant.attributes(SUBJECTS[EvidenceKind(kind)])
