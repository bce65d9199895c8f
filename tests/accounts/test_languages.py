"""Which language somebody is spoken to in: the session, the account, the browser, in this order; one cookie at most."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from accounts import languages
from accounts.models import Account, Event
from tests.factories import make_account, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_languages(settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]


def spoken(client: Client, **headers: str) -> Any:
    return client.get("/", headers=headers)["Content-Language"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("de-AT,de;q=0.9", "de"),
        ("fr, de;q=0.5, en;q=0.1", "de"),
        ("fr", "en"),
        ("*", "en"),
        ("", "en"),
        ("xx;;q", "en"),
    ],
)
def test_visitor_hears_what_the_browser_asks_for(client: Client, asked: str, told: str) -> None:
    assert spoken(client, **{"accept-language": asked}) == told


@pytest.mark.row("M07")
def test_choice_of_a_visitor_wins_and_sets_no_second_cookie(client: Client) -> None:
    client.post("/language/", {"language": "de"})
    assert (spoken(client, **{"accept-language": "en"}), list(client.cookies)) == ("de", ["__Host-session"])
    assert '<html lang="de">' in client.get("/").content.decode()


def test_language_cookie_of_django_is_not_read(client: Client) -> None:
    client.cookies["django_language"] = "de"
    assert spoken(client) == "en"


@pytest.mark.row("M07")
def test_customer_hears_the_language_of_the_account_and_may_change_it(client: Client) -> None:
    ana = make_account("ana", language="de")
    client.force_login(ana)
    assert spoken(client) == "de"
    client.post("/language/", {"language": "en"})
    ana.refresh_from_db()
    assert (spoken(client), ana.language) == ("en", "en")


def test_language_that_is_gone_is_not_spoken(client: Client) -> None:
    client.force_login(make_account("ana", language="xx"))
    assert spoken(client) == "en"


def test_next_request_of_the_thread_hears_nothing_of_it(client: Client) -> None:
    before = translation.get_language()
    spoken(client, **{"accept-language": "de"})
    assert translation.get_language() == before


@pytest.mark.parametrize("of", [make_account, make_staff])
def test_change_is_journaled_once(of: Any, now: datetime) -> None:
    account: Account = of("sam")
    changed = [languages.choose(account.pk, language, now=now) for language in ("de", "de", "tlh")]
    events = Event.objects.filter(account_id=account.pk, action="account.updated")
    assert changed == [True, False, False]
    assert [json.loads(bytes(event.body))["data"] for event in events] == [{"fields": ["language"]}]
