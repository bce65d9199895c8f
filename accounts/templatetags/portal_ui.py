"""Template tags of the portal's own look: fields, error summary, tags and times."""

from datetime import UTC, date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField, CheckboxInput
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin.work import MOST_COUNTED

register = template.Library()


@register.simple_tag
def brand() -> str:
    """Name of the exchange. A tag, so that error pages need no context."""
    return str(settings.PORTAL_BRAND)


@register.filter
def when(value: datetime | None) -> str:
    """`10 Mar 2026, 14:20 UTC` inside a time element. Always UTC, always with the zone."""
    if value is None:
        return ""
    moment = value.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{} UTC</time>',
        moment.isoformat(timespec="seconds"),
        date_format(moment, "j M Y, H:i", use_l10n=False),
    )


@register.filter
def day(value: datetime | date | None) -> str:
    """`21 Mar 2026 UTC` for what clears on a day, whatever the hour."""
    if value is None:
        return ""
    that = value.astimezone(UTC).date() if isinstance(value, datetime) else value
    return format_html(
        '<time datetime="{}">{} UTC</time>', that.isoformat(), date_format(that, "j M Y", use_l10n=False)
    )


@register.filter
def capped(count: int) -> str:
    """`1,000+` for a count of the day's work that went no further."""
    return f"{MOST_COUNTED:,}+" if count > MOST_COUNTED else str(count)


@register.simple_tag
def tag(tone: str, word: str) -> SafeString:
    """A status said three ways: word, shape and colour. Tones: ok, info, warn, danger, plain."""
    return format_html('<span class="tag tone-{}">{}</span>', tone, word)


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form field with its label, hint and error, tied together for screen readers."""
    hint_id, error_id = f"{_place(bound)}-hint", f"{_place(bound)}-error"
    described = [name for name, there in ((error_id, bound.errors), (hint_id, bound.help_text)) if there]
    attrs: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "bound": bound,
        "control": "" if bound.use_fieldset else bound.as_widget(attrs=attrs),
        "described": " ".join(described),
        "place": _place(bound),
        "hint_id": hint_id,
        "error_id": error_id,
        "is_tick": isinstance(bound.field.widget, CheckboxInput),
    }


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: BaseForm | str | None) -> dict[str, Any]:
    """What is wrong, each with a link to its field; what belongs to no field leads to the first one."""
    # An error page has no context, and a name that is not there is an empty string.
    if not isinstance(form, BaseForm) or not form.errors:
        return {"problems": []}
    visible = form.visible_fields()
    problems = [("", text) for text in form.non_field_errors()]
    problems += [(_place(bound), text) for bound in visible for text in bound.errors]
    return {"problems": problems, "first": _place(visible[0]) if visible else ""}


def _place(bound: BoundField) -> str:
    """Where a link to a field leads: its control, or the whole group where there are several."""
    return bound.id_for_label or bound.auto_id
