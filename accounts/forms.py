"""Shapes of what customers type. Rules live in the operations; a form only says whether it can be read."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.case_messages import MAX_TEXT
from accounts.enums import CaseKind, FactorKind

MAX_IDENTIFIER = 320
MAX_PASSWORD = 1024
MAX_CODE = 32
# What a browser makes with a passkey, as text.
MAX_PASSKEY = 16 * 1024


def code_field(*, label: Any, hint: Any = _("Six digits."), required: bool = True) -> forms.CharField:
    """A field for a one-time code: pasting and autofill work, a phone shows digits."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=MAX_CODE,
        error_messages={"required": _("Enter the code."), "max_length": _("A code has six digits.")},
        widget=CodeInput,
    )


def contact_field() -> forms.CharField:
    """A field for the address of an account: an e-mail address or a phone number."""
    return forms.CharField(
        label=_("E-mail address or phone number"),
        help_text=_("The one of your account. A phone number starts with + and the country code."),
        max_length=MAX_IDENTIFIER,
        error_messages={"required": _("Enter your e-mail address or phone number.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )


def passkey_field() -> forms.CharField:
    """A field that a script fills with what the browser made; without a script it stays empty."""
    return forms.CharField(
        required=False,
        max_length=MAX_PASSKEY,
        strip=False,
        widget=forms.HiddenInput(attrs={"data-passkey-made": ""}),
    )


class CodeInput(forms.TextInput):
    """Text, not number: leading zeros count. A code is a secret, so it is never sent back."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false", **(attrs or {})}
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Drop the value, as PasswordInput does."""
        return super().get_context(name, None, attrs)


class SignInForm(forms.Form):
    """E-mail or phone, and the password."""

    identifier = forms.CharField(
        label=_("E-mail address or phone number"),
        help_text=_("A phone number starts with + and the country code."),
        max_length=MAX_IDENTIFIER,
        error_messages={"required": _("Enter your e-mail address or phone number.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=MAX_PASSWORD,
        error_messages={"required": _("Enter your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class CodeForm(forms.Form):
    """One code."""

    code = code_field(label=_("Code"))

    def __init__(
        self, *args: Any, label: Any = None, hint: Any = None, kind: FactorKind | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if kind is FactorKind.PASSKEY:
            self.fields["code"] = passkey_field()
        if kind is FactorKind.BACKUP:
            self.fields["code"].widget.attrs.update({"inputmode": "text", "autocomplete": "off"})
        if label:
            self.fields["code"].label = label
        if hint:
            self.fields["code"].help_text = hint

    def clean_code(self) -> str:
        """Codes are shown in groups; the spaces between them are not part of the code."""
        typed = str(self.cleaned_data["code"])
        return typed if self.fields["code"].widget.is_hidden else "".join(typed.split())

    def clean(self) -> dict[str, Any]:
        """Ask for what a script fills in; nothing at all is no attempt."""
        if not self.errors and not self.cleaned_data.get("code"):
            raise forms.ValidationError(_("The browser gave no answer. Press the button, or use another way."))
        return self.cleaned_data


class FactorsForm(forms.Form):
    """A field for each factor that is not given yet; any may stay empty, not all of them."""

    def __init__(
        self, data: Any = None, *, factors: list[tuple[str, str, str]], passkeys: Collection[str] = ()
    ) -> None:
        super().__init__(data)
        for factor_id, label, hint in factors:
            shown = factor_id not in passkeys
            self.fields[factor_id] = code_field(label=label, hint=hint, required=False) if shown else passkey_field()
        self.passkeys = frozenset(passkeys)

    def clean(self) -> dict[str, Any]:
        """Ask for at least one code."""
        cleaned = super().clean() or {}
        if self.fields and not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("Enter at least one code."))
        return cleaned

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Factor and code, for each that was typed, without the spaces between groups."""
        given = [(name, code) for name, code in self.cleaned_data.items() if code]
        return [(name, code if name in self.passkeys else "".join(code.split())) for name, code in given]


# As people ask, in the order of how often they do.
CASE_KINDS = (
    (CaseKind.DOCUMENT_NUMBER, _("My document number changed, or I do not know it")),
    (CaseKind.LOST_FACTOR, _("A code does not arrive, or I lost a factor")),
    (CaseKind.SUSPICIOUS_SIGN_IN, _("Somebody else may be in my account")),
    (CaseKind.DISPUTE, _("I did not ask to close my account")),
    (CaseKind.REACTIVATION, _("I want my account back")),
    (CaseKind.CLAIM, _("Money arrived after closing")),
    (CaseKind.RESIDENCY, _("My country or region")),
    (CaseKind.OTHER, _("Something else")),
)


class CaseMessageForm(forms.Form):
    """What somebody writes in a case."""

    text = forms.CharField(
        label=_("Your message"),
        help_text=_("Never write a password or a code. We do not need them."),
        max_length=MAX_TEXT,
        error_messages={"required": _("Write your message.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class NewCaseForm(CaseMessageForm):
    """What it is about and what somebody writes; and where the answer goes, unless we know who writes."""

    kind = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[("", _("Choose one")), *CASE_KINDS],
        error_messages={"required": _("Choose what it is about.")},
    )
    contact = contact_field()
    field_order = ("kind", "contact", "text")

    def __init__(self, data: Any = None, *, known: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if known:
            del self.fields["contact"]
