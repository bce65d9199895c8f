"""The look's own template tags."""

from datetime import UTC, date, datetime, timedelta, timezone

from django import forms
from django.template import Context, Template

from tests.pages import Page


class Ask(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card.")
    agreed = forms.BooleanField(label="I agree", required=True)
    secret = forms.CharField(widget=forms.PasswordInput)


def render(source: str, **context: object) -> Page:
    return Page(Template("{% load portal_ui %}" + source).render(Context(context)))


def test_when_says_utc_whatever_the_zone() -> None:
    moment = datetime(2026, 3, 10, 16, 20, tzinfo=timezone(timedelta(hours=2)))
    page = render("{{ moment|when }}", moment=moment)
    assert (page.text, page.every("time")) == ("10 Mar 2026, 14:20 UTC", [{"datetime": "2026-03-10T14:20:00+00:00"}])


def test_when_without_a_time_is_empty() -> None:
    assert render("{{ moment|when }}", moment=None).text == ""


def test_day_takes_dates_and_times() -> None:
    late = datetime(2026, 3, 21, 23, 30, tzinfo=timezone(timedelta(hours=-2)))
    assert render("{{ late|day }}", late=late).text == "22 Mar 2026 UTC"
    assert render("{{ that|day }}", that=date(2026, 3, 21)).every("time") == [{"datetime": "2026-03-21"}]
    assert render("{{ that|day }}", that=datetime(2026, 3, 21, tzinfo=UTC)).text == "21 Mar 2026 UTC"


def test_tag_escapes_its_word() -> None:
    page = render("{% tag 'ok' word %}", word="<b>Clear</b>")
    assert (page.every("span"), page.every("b")) == ([{"class": "tag tone-ok"}], [])


def test_field_ties_hint_and_error_to_the_control() -> None:
    page = render("{% field form.name %}", form=Ask({"name": ""}))
    control = page.every("input")[0]
    assert (control["aria-describedby"], control["aria-invalid"]) == ("id_name-error id_name-hint", "true")
    assert [attrs["id"] for _tag, attrs in page.tags if attrs.get("id", "").startswith("id_name-")] == [
        "id_name-hint",
        "id_name-error",
    ]


def test_field_without_hint_and_error_describes_nothing() -> None:
    control = render("{% field form.secret %}", form=Ask()).every("input")[0]
    assert "aria-describedby" not in control
    assert "aria-invalid" not in control


def test_field_shows_a_tick_before_its_label() -> None:
    page = render("{% field form.agreed %}", form=Ask())
    assert [tag for tag, _attrs in page.tags if tag in {"input", "label"}] == ["input", "label"]


def test_error_summary_leads_to_each_field_and_is_focused() -> None:
    form = Ask({"name": "", "secret": ""})
    form.is_valid()
    form.add_error(None, "These do not go together.")
    page = render("{% error_summary form %}", form=form)
    assert [link["href"] for link in page.every("a")] == ["#id_name", "#id_name", "#id_agreed", "#id_secret"]
    assert {"autofocus", "tabindex", "role"} <= page.every("div")[0].keys()


def test_error_summary_of_a_page_without_form_is_empty() -> None:
    assert render("{% error_summary form %}").tags == []
    assert render("{% error_summary form %}", form=Ask()).tags == []


def test_brand_needs_no_context() -> None:
    assert render("{% brand %}").text == "Northbank"
