"""Home, language, and what every page weighs."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.pages import house_rules, read

pytestmark = pytest.mark.django_db

LARGEST_PAGE = 30 * 1024
MOST_REQUESTS = 4


def weight(response: Any) -> tuple[int, int]:
    """Return compressed bytes and requests of a page with everything it loads, cold."""
    page = read(response)
    loaded = [link["href"] for link in page.every("link")] + [
        element["src"] for tag in ("script", "img") for element in page.every(tag)
    ]
    bodies = [response.content, *(_static(address) for address in loaded)]
    return sum(len(gzip.compress(body)) for body in bodies), len(bodies)


def _static(address: str) -> bytes:
    name = address.removeprefix(settings.STATIC_URL)
    return (Path(settings.BASE_DIR) / "static" / name).read_bytes()


@pytest.mark.parametrize("address", ["/", "/sign-in/", "/close/", "/language/"])
def test_public_page_keeps_the_rules_and_is_light(client: Client, address: str) -> None:
    response = client.get(address)
    size, requests = weight(response)
    assert (response.status_code, house_rules(read(response))) == (200, [])
    assert size <= LARGEST_PAGE
    assert requests <= MOST_REQUESTS


@pytest.mark.row("C01")
def test_home_leads_to_closing_in_one_click(client: Client) -> None:
    main = [link["href"] for link in read(client.get("/")).every("a")]
    assert main.count("/close/") == 2  # the door, and the public footer


def test_home_sets_no_cookie(client: Client) -> None:
    assert sorted(client.get("/").cookies) == []


def test_demo_banner_is_shown_in_a_demo_only(client: Client, settings: Any) -> None:
    assert "This is a demo" not in read(client.get("/")).text
    settings.DEMO = True
    assert "This is a demo" in read(client.get("/")).text


def test_language_is_kept_in_the_session_and_leads_back(client: Client) -> None:
    response = client.post("/language/", {"language": "en", "next": "/close/"})
    assert (response["Location"], client.session["language"]) == ("/close/", "en")


def test_unknown_language_is_not_kept(client: Client) -> None:
    assert client.post("/language/", {"language": "xx", "next": "//evil.example"})["Location"] == "/"
    assert "language" not in client.session


def test_policy_of_content_allows_our_own_origin_only(client: Client) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
