"""Announcements at the console: leads publish and end, everybody else reads."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.enums import Role
from accounts.models import Announcement
from tests.console import console
from tests.factories import make_staff
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("M05")]
LIST = "/staff/accounts/announcement/"
WORDS = {"title_en": "Planned <b>work</b>", "text_en": "On Sunday.\n\n<script>alert(1)</script>"}


def typed(**more: Any) -> dict[str, Any]:
    return {**WORDS, "starts_at": "2026-01-01T08:00", "ends_at": "", **more}


@pytest.fixture
def lead() -> Client:
    return console(make_staff("lea", Role.LEAD))


def test_a_lead_publishes_and_everybody_reads_it_as_plain_text(lead: Client, client: Client) -> None:
    answer = lead.post(f"{LIST}publish/", typed(regions=["US", "DE"], ends_at="2099-01-01T08:00"))
    made = Announcement.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}{made.pk}/")
    assert (made.regions, made.starts_at.isoformat()) == (["DE", "US"], "2026-01-01T08:00:00+00:00")
    page = read(lead.get(answer["Location"]))
    assert "Germany, United States" in page.text
    for html in (lead.get(f"{LIST}{made.pk}/").content, client.get("/help/regions/").content):
        assert b"<b>work" not in html
        assert b"<script>alert" not in html
        assert b"Planned &lt;b&gt;work&lt;/b&gt;" in html


def test_a_lead_ends_it_for_a_reason_and_it_is_gone(lead: Client, client: Client) -> None:
    lead.post(f"{LIST}publish/", typed())
    place = f"{LIST}{Announcement.objects.get().pk}/"
    assert "Planned" in read(client.get("/")).text
    assert lead.post(f"{place}end/", {"reason": ""}).status_code == 422
    assert lead.post(f"{place}end/", {"reason": "Done."}).status_code == 302
    shown = [read(client.get(path)).text for path in ("/", "/help/regions/")]
    assert ["Planned" in text for text in shown] == [False, False]
    again = read(lead.get(place))
    assert ("ended" in again.text, "End announcement" in again.text) == (True, False)
    assert lead.post(f"{place}end/", {"reason": "Done."}).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"title_en": ""},
        {"text_en": "x" * 2001},
        {"starts_at": "soon"},
        {"regions": ["XX"]},
        {"ends_at": "2026-01-01T07:00"},
    ],
)
def test_what_is_wrong_stands_beside_what_was_typed(lead: Client, wrong: dict[str, Any]) -> None:
    answer = lead.post(f"{LIST}publish/", typed(**wrong))
    assert (answer.status_code, Announcement.objects.count()) == (422, 0)
    assert "There is a problem" in read(answer).text or "Not done" in read(answer).text


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.LEAD])
def test_others_read(lead: Client, role: Role) -> None:
    lead.post(f"{LIST}publish/", typed())
    place = f"{LIST}{Announcement.objects.get().pk}/"
    other = console(make_staff("sam", role))
    assert "publish/" not in other.get(LIST).content.decode()
    assert "End announcement" not in read(other.get(place)).text
    assert "publish/" in lead.get(LIST).content.decode()


def test_each_language_of_the_portal_is_asked_for(lead: Client, settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    names = [field["name"] for field in read(lead.get(f"{LIST}publish/")).every("input") if "title" in field["name"]]
    assert names == ["title_en", "title_de"]
    assert lead.post(f"{LIST}publish/", typed(title_de="Wartung", text_de="Am Sonntag.")).status_code == 302
    page = read(lead.get(f"{LIST}{Announcement.objects.get().pk}/"))
    assert "German: Wartung" in page.text


def test_the_list_costs_the_same_for_one_and_three(lead: Client, now: datetime, django_assert_num_queries: Any) -> None:
    for _each in range(2):
        lead.post(f"{LIST}publish/", typed())
        # What it said last is told once.
        lead.get(LIST)
        with django_assert_num_queries(5):
            lead.get(LIST)
        lead.post(f"{LIST}publish/", typed(ends_at="2099-01-01T00:00"))
