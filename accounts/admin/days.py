"""Days in an address: `?from=2026-01-01&to=2026-03-31`, as a plain form asks for them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DAY = "%Y-%m-%d"
NAMES = {"first": "from", "last": "to"}


def _day(label: Any) -> forms.DateField:
    said = {"invalid": _("Give a day as year, month and day, such as 2026-03-31.")}
    shape = forms.DateInput(attrs={"type": "date"}, format=DAY)
    return forms.DateField(label=label, required=False, input_formats=[DAY], widget=shape, error_messages=said)


class DaysForm(forms.Form):
    """From which day to which; either may be left out."""

    first = _day(_("From"))
    last = _day(_("To"))

    def add_prefix(self, field_name: str) -> str:
        """Return the name in the address, which is no name in Python."""
        return NAMES.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        """Refuse days that are the wrong way round."""
        given = self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if first and last and first > last:
            self.add_error(None, _("The first day is after the last one. Give the earlier day first."))
        return given
