"""The shape of an announcement: words for each language of the portal, whom they concern, and when."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import regions
from accounts.announcements import MOST_TEXT, MOST_TITLE, Words

MOMENT = "%Y-%m-%dT%H:%M"


def _moment(label: Any, *, required: bool, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(
        label=label, help_text=help_text, required=required, input_formats=[MOMENT, f"{MOMENT}:%S"], widget=widget
    )


class AnnouncementForm(forms.Form):
    """Title and text are asked for in each language; the portal's own is needed."""

    regions = forms.MultipleChoiceField(
        label=gettext_lazy("Whom it concerns (none: everybody)"), required=False, widget=forms.CheckboxSelectMultiple
    )
    starts_at = _moment(gettext_lazy("Shown from (UTC)"), required=True)
    ends_at = _moment(
        gettext_lazy("Shown until (UTC)"), required=False, help_text=gettext_lazy("Empty: until a lead ends it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["regions"]
        if isinstance(chosen, forms.MultipleChoiceField):
            chosen.choices = [(each.code, each.name) for each in regions.regions().values()]
        words: list[str] = []
        for code, name in settings.LANGUAGES:
            words += [f"title_{code}", f"text_{code}"]
            needed = code == settings.LANGUAGE_CODE
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title in %(language)s") % {"language": name}, required=needed, max_length=MOST_TITLE
            )
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Text in %(language)s") % {"language": name},
                help_text=_("Plain text; an empty line begins a new paragraph. Links are not clickable."),
                required=needed,
                max_length=MOST_TEXT,
                widget=forms.Textarea(attrs={"rows": 6}),
            )
        self.order_fields([*words, "regions"])

    def facts(self) -> dict[str, Any]:
        """Return what the operation is given."""
        given = self.cleaned_data
        texts = {
            code: Words(title=given[f"title_{code}"], text=given[f"text_{code}"]) for code, _name in settings.LANGUAGES
        }
        when = {"starts_at": given["starts_at"], "ends_at": given["ends_at"]}
        return {"texts": texts, "region_codes": given["regions"], **when}
