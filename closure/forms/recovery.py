"""Shapes of what somebody types and sends who recovers lost factors."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.case_messages import MAX_TEXT
from accounts.enums import FactorKind
from accounts.forms import MAX_IDENTIFIER, MAX_PASSWORD, FactorsForm
from closure.enums import EvidenceKind
from closure.evidence import instant
from closure.operations.evidence import SUBJECTS

LOST = {
    FactorKind.TOTP: _("The authenticator app"),
    FactorKind.PASSKEY: _("My passkeys"),
    FactorKind.SMS: _("The phone number: codes by text message do not reach me any more"),
    FactorKind.EMAIL: _("The mailbox: I cannot read my mail any more"),
}
CONTACTS = {
    FactorKind.SMS: (
        _("Your new phone number"),
        _("Only if you lost the number. It starts with + and the country code."),
    ),
    FactorKind.EMAIL: (_("Your new e-mail address"), _("Only if you lost the mailbox.")),
}


class ProveForm(FactorsForm):
    """The password where there is one that works, or one code that came another way than the link."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        required=False,
        max_length=MAX_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: Any = None, *, with_password: bool = True, **factors: Any) -> None:
        super().__init__(data, **factors)
        if not with_password:
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        """Ask for one of them."""
        cleaned = forms.Form.clean(self) or {}
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("Enter your password, or one code."))
        return cleaned

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Factor and code, for each that was typed."""
        return [(name, code) for name, code in super().codes if name != "password"]


class LostForm(forms.Form):
    """What was lost, what takes its place, and what happened."""

    lost = forms.MultipleChoiceField(
        label=_("What have you lost?"),
        help_text=_("Choose everything that you cannot use any more. It cannot be changed afterwards."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what you have lost.")},
    )
    text = forms.CharField(
        label=_("What happened?"),
        help_text=_("One or two sentences help us. Write no password and no code."),
        max_length=MAX_TEXT,
        error_messages={"required": _("Write what happened.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("lost", "new_contact", "text")

    def __init__(self, data: Any = None, *, losable: Sequence[FactorKind]) -> None:
        super().__init__(data)
        lost: Any = self.fields["lost"]
        lost.choices = [(kind.value, LOST[kind]) for kind in losable]
        self.contact = next((kind for kind in losable if kind in CONTACTS), None)
        if self.contact is not None:
            label, hint = CONTACTS[self.contact]
            self.fields["new_contact"] = forms.CharField(
                label=label,
                help_text=hint,
                required=False,
                max_length=MAX_IDENTIFIER,
                widget=forms.TextInput(
                    attrs={
                        "type": "tel" if self.contact is FactorKind.SMS else "email",
                        "autocomplete": "tel" if self.contact is FactorKind.SMS else "email",
                    }
                ),
            )
            self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Ask for the new contact of one that is lost."""
        cleaned = super().clean() or {}
        lost = self.contact is not None and self.contact.value in cleaned.get("lost", [])
        if lost and not cleaned.get("new_contact"):
            self.add_error("new_contact", _("Give the new one: without it we could not reach you."))
        return cleaned


class PhotoForm(forms.Form):
    """One photo; `despite` is offered after it was refused."""

    photo = forms.FileField(
        label=_("Photo"),
        help_text=_("JPEG, PNG, WebP or HEIC, 15 MB at most."),
        allow_empty_file=True,
        error_messages={"required": _("Choose a photo.")},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic,image/heif"}),
    )
    despite = forms.BooleanField(
        label=_("Send it as it is: a person looks at it"),
        required=False,
    )

    def __init__(self, data: Any = None, files: Any = None, *, kind: EvidenceKind, offer_despite: bool = False) -> None:
        super().__init__(data, files)
        self.fields["photo"].widget.attrs |= instant.attributes(SUBJECTS[kind])
        if not offer_despite:
            del self.fields["despite"]
