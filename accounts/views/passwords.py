"""The fields of pages on which somebody names an address or chooses a password."""

from django import forms
from django.utils.translation import gettext_lazy

from accounts.forms import MAX_IDENTIFIER, MAX_PASSWORD


def new_password_field() -> forms.CharField:
    """A field for a new password: managers may fill it in, and its rules are said before."""
    return forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy(
            "At least 12 characters: a small letter, a capital letter, a digit and a sign such as ! or -. "
            "Not one that you used here before."
        ),
        strip=False,
        max_length=MAX_PASSWORD,
        error_messages={
            "required": gettext_lazy("Choose a password."),
            "max_length": gettext_lazy("This password is too long."),
        },
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ContactForm(forms.Form):
    """An e-mail address or a phone number."""

    identifier = forms.CharField(
        label=gettext_lazy("E-mail address or phone number"),
        help_text=gettext_lazy("A phone number starts with + and the country code."),
        max_length=MAX_IDENTIFIER,
        error_messages={"required": gettext_lazy("Enter your e-mail address or phone number.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )


class NewPasswordForm(forms.Form):
    """A password, and nothing else."""

    password = new_password_field()
