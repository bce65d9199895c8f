"""Where a request comes from, and how many tries one address has."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client

from accounts import client as clients
from accounts.tallies import LimitReached
from tests.factories import PASSWORD, make_account, totp_code
from tests.pages import house_rules, read, sign_in, without_csrf

WRONG = {"identifier": "nobody@example.test", "password": "wrong"}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Mobile Safari/604.1"


def asked(**meta: str) -> HttpRequest:
    """Return a request with these facts about where it comes from."""
    made = HttpRequest()
    made.META.update(meta)
    return made


@pytest.mark.parametrize(
    ("address", "hint"),
    [("203.0.113.77", "203.0.0.0/16"), ("2001:db8:1:2::3", "2001:db8::/32"), ("", ""), ("unix", "")],
)
def test_address_is_shortened(address: str, hint: str) -> None:
    assert clients.network(address) == hint


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        (EDGE, ("Edge", "Windows")),
        (SAFARI, ("Safari", "iPhone")),
        ("curl/8", ("", "")),
    ],
)
def test_browser_and_system_have_the_names_people_know(text: str, found: tuple[str, str]) -> None:
    assert clients.family(text) == found


def test_only_a_proxy_of_ours_says_who_called_it(settings: Any) -> None:
    request = asked(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.9")
    assert clients.address(request) == "10.0.0.1"
    settings.BEHIND_PROXY = True
    assert clients.address(request) == "203.0.113.9"
    assert clients.address(asked(REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"


def test_one_network_of_a_customer_is_one_client() -> None:
    same = {clients.tries(asked(REMOTE_ADDR=f"2001:db8:1:2::{number}")).subject for number in range(3)}
    other = clients.tries(asked(REMOTE_ADDR="2001:db8:1:3::1")).subject
    assert (len(same), other in same) == (1, False)


@pytest.mark.django_db
def test_a_hundred_tries_in_a_quarter_of_an_hour(now: datetime) -> None:
    request = asked(REMOTE_ADDR="203.0.113.77")
    for _number in range(100):
        clients.spend_try(request, now=now)
    with pytest.raises(LimitReached) as refused:
        clients.spend_try(request, now=now)
    assert refused.value.retry_at == now + timedelta(minutes=15)
    clients.spend_try(asked(REMOTE_ADDR="203.0.113.78"), now=now)


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/sign-in/", "/status/"])
def test_pages_for_everybody_stop_one_address_and_say_until_when(page: str, settings: Any, client: Client) -> None:
    settings.TRIES_PER_ADDRESS = 3
    make_account("ana")
    given = [
        {**WRONG, "reference": f"CL-2222-222{number}", "contact": f"no{number}@example.test"} for number in range(4)
    ]
    answers: list[Any] = [client.post(page, each) for each in given]
    known: Any = client.post(page, {**given[0], "identifier": "ana@example.test", "contact": "ana@example.test"})
    assert [answer.status_code for answer in answers[2:]][-1] == known.status_code == 429
    assert answers[2].status_code != 429
    assert without_csrf(answers[3]) == without_csrf(known)
    assert (house_rules(read(known)), 0 < int(known.headers["Retry-After"]) <= 900) == ([], True)
    assert client.get(page).status_code == 200
    assert Client(REMOTE_ADDR="203.0.113.5").post(page, given[0]).status_code != 429


@pytest.mark.django_db
def test_who_signs_in_spends_no_try(settings: Any) -> None:
    settings.TRIES_PER_ADDRESS = 2
    ana = make_account("ana")
    for _turn in range(3):
        assert sign_in(Client(), "ana@example.test", PASSWORD, totp_code(ana))["Location"] == "/security/"


@pytest.mark.django_db
def test_api_stops_one_address_too(settings: Any, client: Client) -> None:
    settings.TRIES_PER_ADDRESS = 3
    answers = [client.post("/api/v1/session/", WRONG, content_type="application/json") for _number in range(4)]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert (answers[3].json()["code"], 0 < int(answers[3].headers["Retry-After"]) <= 900) == ("too_many_attempts", True)
