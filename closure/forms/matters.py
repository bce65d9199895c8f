"""Shapes of what an owner sends for a matter: words, where they live now, and one photo at a time."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import regions
from accounts.case_messages import MAX_TEXT
from accounts.matters import Home
from closure.enums import EvidenceKind
from closure.evidence import instant
from closure.matter_words import Words
from closure.operations.evidence import SUBJECTS

PART = re.compile(r"[A-Z0-9]{1,3}")
LONGEST_PART = 6
ACCEPTED_FILES = "image/jpeg,image/png,image/webp,image/heic,image/heif"


class BeginForm(forms.Form):
    """What its owner writes, which may be nothing where the matter has words of its own."""

    text = forms.CharField(
        required=False,
        max_length=MAX_TEXT,
        error_messages={"required": _("Write what you know, in your own words.")},
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, data: Any = None, *, words: Words) -> None:
        super().__init__(data)
        self.words = words
        field = self.fields["text"]
        field.label, field.help_text, field.required = str(words.ask), str(words.hint), not words.written

    @property
    def text_given(self) -> str:
        """What the case begins with."""
        return str(self.cleaned_data["text"]).strip() or str(self.words.written)

    @property
    def home(self) -> Home:
        """Where the owner lives now, where that is asked."""
        return Home()


class MovedForm(BeginForm):
    """Where the owner lives now."""

    country = forms.ChoiceField(
        label=_("Country where you live now"), error_messages={"required": _("Choose the country.")}
    )
    part = forms.CharField(
        label=_("State or province"),
        required=False,
        max_length=LONGEST_PART,
        help_text=_("Its code, as in an address: CA for California. Leave it empty where there is none."),
        widget=forms.TextInput(attrs={"autocomplete": "address-level1", "autocapitalize": "characters"}),
    )
    field_order = ("country", "part", "text")

    def __init__(self, data: Any = None, *, words: Words) -> None:
        super().__init__(data, words=words)
        listed = [(each.code, each.name) for each in regions.regions().values() if "-" not in each.code]
        self.fields["country"].choices = [("", _("Choose")), *listed]  # type: ignore[attr-defined]  # it is a choice

    def clean_part(self) -> str:
        """Return the code of the part, however it was typed."""
        part = str(self.cleaned_data["part"]).strip().upper()
        if part and not PART.fullmatch(part):
            raise forms.ValidationError(_("Write the code alone, as in CA."))
        return part

    @property
    def home(self) -> Home:
        """Where the owner lives now."""
        return Home(country=self.cleaned_data["country"], region=self.cleaned_data["part"])


class PhotoForm(forms.Form):
    """One photo, and what it shows."""

    shows = forms.ChoiceField(
        label=_("What it shows"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the photo shows.")},
    )
    photo = forms.FileField(
        label=_("The photo"),
        help_text=_("JPEG, PNG, WebP or HEIC, up to 15 MB. All four edges in it, nothing covered, no screenshot."),
        allow_empty_file=True,
        error_messages={"required": _("Choose a photo."), "missing": _("Choose a photo.")},
        widget=forms.FileInput(attrs={"accept": ACCEPTED_FILES}),
    )
    despite = forms.BooleanField(
        label=_("Send it all the same. A person judges it."),
        help_text=_("Choose the photo again, then tick this."),
        required=False,
    )

    def __init__(self, data: Any = None, files: Any = None, *, words: Words) -> None:
        super().__init__(data, files)
        shown = [(kind.value, text) for kind, text in words.photos]
        subjects = [SUBJECTS[kind] for kind, _text in words.photos]
        self.fields["photo"].widget.attrs |= instant.attributes(*subjects)
        field = self.fields["shows"]
        field.choices = shown  # type: ignore[attr-defined]  # it is a choice
        if len(shown) == 1:
            field.widget, field.required, field.initial = forms.HiddenInput(), False, shown[0][0]

    @property
    def kind(self) -> EvidenceKind:
        """What the photo shows."""
        return EvidenceKind(self.cleaned_data["shows"] or self.fields["shows"].initial)

    def hide_despite(self) -> None:
        """Offer to send a photo all the same only where one was refused."""
        del self.fields["despite"]
