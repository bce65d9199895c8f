"""Announcements: leads alone publish and end them, everything is in the journal, all see what concerns them."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from accounts import announcements
from accounts.actors import Actor
from accounts.announcements import AnnouncementRefused, Words
from accounts.enums import Role
from accounts.exceptions import NotAllowed, ReasonRequired
from accounts.ids import uuid7
from accounts.models import Announcement, Event, Note
from tests.factories import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.row("M05")]
ENGLISH = {"en": Words(title="Planned work", text="On Sunday we are away for an hour.")}
HOUR = timedelta(hours=1)


@pytest.fixture
def lea() -> Actor:
    return Actor.staff(make_staff("lea", Role.LEAD))


def publish(actor: Actor, now: datetime, **facts: Any) -> Announcement:
    return announcements.publish(**{"texts": ENGLISH, "starts_at": now, "ends_at": None, **facts}, actor=actor, now=now)


def titles(now: datetime, country: str = "", part: str = "", language: str = "en") -> list[str]:
    return [each.title for each in announcements.shown_to(country, part, language, now=now)]


def data_of(action: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(bytes(Event.objects.get(action=action).body))["data"]
    return told


def test_publishing_and_ending_are_one_event_each(lea: Actor, now: datetime) -> None:
    made = publish(lea, now, region_codes=["US", "DE", "US"], ends_at=now + HOUR)
    told = data_of(announcements.PUBLISHED)
    assert (told["announcement"], told["regions"], told["languages"]) == (str(made.pk), ["DE", "US"], ["en"])
    assert "Sunday" not in str(told)
    announcements.end(made.pk, reason="It was wrong.", actor=lea, now=now + HOUR / 2)
    made.refresh_from_db()
    assert (made.ended_at, made.ended_by) == (now + HOUR / 2, lea.account_id)
    assert (data_of(announcements.ENDED), Note.objects.get().text) == ({"announcement": str(made.pk)}, "It was wrong.")
    assert Event.objects.filter(action__startswith="announcement.").count() == 2


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.LEAD])
def test_only_a_lead_publishes_and_ends(lea: Actor, now: datetime, role: Role) -> None:
    made, sam = publish(lea, now), Actor.staff(make_staff("sam", role))
    for actor in (sam, Actor.system("tests"), Actor.link(uuid7())):
        with pytest.raises(NotAllowed):
            publish(actor, now)
        with pytest.raises(NotAllowed):
            announcements.end(made.pk, reason="No.", actor=actor, now=now)
    assert (Announcement.objects.count(), titles(now)) == (1, ["Planned work"])


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"texts": {}}, "in the portal's own language"),
        ({"texts": {"en": Words(title=" ", text=" ")}}, "in the portal's own language"),
        ({"texts": {**ENGLISH, "xx": Words(title="a", text="b")}}, "in the portal's own language"),
        ({"texts": {"en": Words(title="Only a title", text="")}}, "needs a title and a text"),
        ({"texts": {"en": Words(title="x" * 121, text="b")}}, "needs a title and a text"),
        ({"texts": {"en": Words(title="a", text="x" * 2001)}}, "needs a title and a text"),
        ({"region_codes": ["XX"]}, "regions of the list"),
        ({"ends_at": "start"}, "must end after it starts"),
        ({"ends_at": "past"}, "must end after it starts"),
    ],
)
def test_what_makes_no_sense_is_refused(lea: Actor, now: datetime, facts: dict[str, Any], words: str) -> None:
    ends = {"start": {"ends_at": now}, "past": {"starts_at": now - 2 * HOUR, "ends_at": now - HOUR}}
    facts = {**facts, **ends.get(str(facts.get("ends_at")), {})}
    with pytest.raises(AnnouncementRefused, match=words):
        publish(lea, now, **facts)
    assert (Announcement.objects.count(), Event.objects.filter(action=announcements.PUBLISHED).count()) == (0, 0)


def test_ending_needs_a_reason_and_something_that_stands(lea: Actor, now: datetime) -> None:
    made = publish(lea, now)
    with pytest.raises(ReasonRequired):
        announcements.end(made.pk, reason=" ", actor=lea, now=now)
    announcements.end(made.pk, reason="Over.", actor=lea, now=now)
    for key in (made.pk, uuid7()):
        with pytest.raises(AnnouncementRefused):
            announcements.end(key, reason="Over.", actor=lea, now=now)


def test_it_is_shown_from_its_start_until_before_its_end(lea: Actor, now: datetime) -> None:
    publish(lea, now, starts_at=now + HOUR, ends_at=now + 2 * HOUR)
    tick = timedelta(microseconds=1)
    moments = [now + HOUR - tick, now + HOUR, now + 2 * HOUR - tick, now + 2 * HOUR]
    assert [len(announcements.shown("en", now=moment)) for moment in moments] == [0, 1, 1, 0]


def test_readers_see_what_is_for_everybody_and_for_where_they_live(lea: Actor, now: datetime) -> None:
    for title, codes in (("all", []), ("country", ["US"]), ("part", ["US-NY"]), ("elsewhere", ["DE"])):
        texts = {"en": Words(title=title, text="Words.")}
        publish(lea, now, texts=texts, region_codes=codes)
    assert titles(now) == ["all"]
    assert titles(now, "US") == ["country", "all"]
    assert titles(now, "US", "CA") == ["country", "all"]
    assert titles(now, "US", "NY") == ["part", "country", "all"]
    assert [each.title for each in announcements.shown("en", now=now)] == ["elsewhere", "part", "country", "all"]


@pytest.mark.row("I07")
def test_who_was_away_sees_what_began_since_and_was_not_taken_off(lea: Actor, now: datetime) -> None:
    made = {
        title: publish(lea, now, texts={"en": Words(title=title, text="Words.")}, region_codes=codes, **times)
        for title, codes, times in (
            ("old", [], {"starts_at": now}),
            ("over", [], {"starts_at": now + HOUR, "ends_at": now + 2 * HOUR}),
            ("wrong", [], {"starts_at": now + HOUR}),
            ("elsewhere", ["DE"], {"starts_at": now + HOUR}),
            ("here", ["US-NY"], {"starts_at": now + 2 * HOUR}),
            ("soon", [], {"starts_at": now + 9 * HOUR}),
        )
    }
    announcements.end(made["wrong"].pk, reason="A slip.", actor=lea, now=now + HOUR)
    found = announcements.since("US", "NY", "en", at=now, now=now + 5 * HOUR)
    assert [each.title for each in found] == ["here", "over"]


def test_words_are_of_the_reader_s_language_where_there_are_any(lea: Actor, now: datetime, settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "German"), ("fr", "French")]
    publish(
        lea, now, texts={**ENGLISH, "de": Words(title="Wartung", text="Am Sonntag."), "fr": Words(title="", text="")}
    )
    assert [titles(now, language=each) for each in ("de", "fr", "xx")] == [["Wartung"], *[["Planned work"]] * 2]
    [shown] = announcements.shown("fr", now=now)
    assert shown.language == "en"
    settings.LANGUAGE_CODE = "fr"
    assert (titles(now, language="fr"), str(Announcement.objects.get())) == (["Wartung"], "Wartung")


def test_the_database_keeps_its_times_in_order(lea: Actor, now: datetime) -> None:
    made = publish(lea, now)
    for wrong in ({"ends_at": now}, {"ended_at": now}, {"ended_by": uuid7()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Announcement.objects.filter(pk=made.pk).update(**wrong)
