"""Forms of a remedy: what it is about, and the confirmation of exactly what was shown."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_ITEM, MAX_KEY, MAX_DIGEST = 256, 255, 64


class ChooseForm(forms.Form):
    """One of several things that a remedy can be about; sent by GET, it changes nothing."""

    item = forms.ChoiceField(label=_("Which one?"), widget=forms.RadioSelect)

    def __init__(self, data: object = None, *, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        field = self.fields["item"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices)


class ConfirmForm(forms.Form):
    """What was shown, by its digest, and a key that makes a second press harmless."""

    confirm = forms.CharField(widget=forms.HiddenInput, max_length=MAX_DIGEST)
    key = forms.CharField(widget=forms.HiddenInput, max_length=MAX_KEY)

    def __init__(self, data: object = None, *, initial: dict[str, str], asks_name: bool = False) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        if asks_name:
            self.fields["name"] = forms.CharField(
                label=_("Type the name of what you give up"),
                max_length=MAX_ITEM,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
