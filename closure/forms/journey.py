"""Shapes of the journey's forms."""

from collections.abc import Iterable, Set
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import MAX_PASSWORD
from closure.captcha import LONGEST as MAX_ANSWER

MAX_NUMBER = 128
FACE, DOCUMENTS = "face", "documents"


class RisksForm(forms.Form):
    """One tick for the notes in general, and one for each of `items`: (code, text) pairs (C04, C12, C13)."""

    understood = forms.BooleanField(
        label=_("I have read all points above, and I understand."),
        error_messages={"required": _("Read the points, then tick the box.")},
    )

    # The answer to the captcha's sum, which a script fills in, and since when the page waits without one (C05).
    captcha = forms.CharField(widget=forms.HiddenInput, required=False, max_length=MAX_ANSWER)
    waited = forms.CharField(widget=forms.HiddenInput, required=False, max_length=MAX_ANSWER)

    def __init__(self, data: Any = None, *, items: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(data)
        for code, text in items:
            self.fields[code] = forms.BooleanField(
                label=_("%(what)s I accept this.") % {"what": text},
                error_messages={"required": _("Tick this to go on: %(what)s") % {"what": text}},
            )


class WarningsForm(forms.Form):
    """One tick for each warning: `warnings` are (code, label) pairs, `ticked` those acknowledged before (A02, B08)."""

    def __init__(self, data: Any = None, *, warnings: list[tuple[str, str]], ticked: Set[str] = frozenset()) -> None:
        super().__init__(data)
        for code, label in warnings:
            self.fields[code] = forms.BooleanField(
                label=label,
                initial=code in ticked,
                error_messages={"required": _("Tick this, or clear it first: %(what)s") % {"what": label}},
            )

    @property
    def codes(self) -> list[str]:
        """The warnings that were ticked."""
        return [name for name, ticked in self.cleaned_data.items() if ticked]


class DocumentForm(forms.Form):
    """The number given at identity verification (D03)."""

    number = forms.CharField(
        label=_("Document number"),
        max_length=MAX_NUMBER,
        error_messages={"required": _("Enter the number of the document.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, hint: str = "") -> None:
        super().__init__(data)
        self.fields["number"].help_text = hint


class ConfirmForm(forms.Form):
    """The last word; the password when policy asks for it."""

    password = forms.CharField(
        label=_("Your password"),
        help_text=_("We ask once more, to be sure that it is you."),
        strip=False,
        max_length=MAX_PASSWORD,
        error_messages={"required": _("Enter your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    face = forms.ChoiceField(
        label=_("How may we check that it is you?"),
        help_text=_("A person does it within the waiting time. We keep no picture and no measurements of your face."),
        choices=[
            (FACE, _("Staff may compare my face with the photo of my document.")),
            (DOCUMENTS, _("No face check. Staff look at my documents instead.")),
        ],
        error_messages={"required": _("Choose one way.")},
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, ask_password: bool, ask_face: bool = False) -> None:
        super().__init__(data)
        for name, asked in (("password", ask_password), ("face", ask_face)):
            if not asked:
                del self.fields[name]

    @property
    def face_consent(self) -> bool | None:
        """Whether staff may compare a face; None where nobody asks."""
        return self.cleaned_data["face"] == FACE if "face" in self.fields else None
