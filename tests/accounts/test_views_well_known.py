"""Files that programs look for."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import checkpoints, sealing
from accounts.models import Checkpoint
from accounts.views.well_known import PLAIN
from tests.factories import make_account

pytestmark = pytest.mark.django_db


def told(client: Client) -> dict[str, str]:
    answer = client.get("/.well-known/security.txt")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    return dict(line.split(": ", 1) for line in answer.content.decode().splitlines())


def test_security_contact_is_at_our_host_unless_told_otherwise(client: Client, settings: Settings) -> None:
    settings.PORTAL_ORIGIN = "https://portal.example.test"
    fields = told(client)
    assert (fields["Contact"], fields["Canonical"], fields["Preferred-Languages"]) == (
        "mailto:security@portal.example.test",
        "https://portal.example.test/.well-known/security.txt",
        "en",
    )
    settings.PORTAL_SECURITY_CONTACT = "https://example.test/report"
    assert told(client)["Contact"] == "https://example.test/report"


def test_security_contact_expires_within_a_year_and_not_soon(client: Client, now: datetime) -> None:
    expires = datetime.fromisoformat(told(client)["Expires"])
    assert timedelta(days=80) < expires - now < timedelta(days=365)


@pytest.mark.row("H07")
def test_newest_checkpoint_is_there_for_whoever_wants_to_keep_it(client: Client, now: datetime) -> None:
    address = "/.well-known/journal-checkpoint"
    assert client.get(address).status_code == 404
    for name in ("ana", "bea"):
        make_account(name)
        sealing.seal(now=now)
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, PLAIN, "no-cache")
    assert checkpoints.read(answer.content.decode()) == checkpoints.stored(Checkpoint.objects.get(tree_size=2))


@pytest.mark.row("H07")
def test_keys_of_checkpoints_are_there_one_a_line(client: Client) -> None:
    answer = client.get("/.well-known/journal-key")
    assert answer["Content-Type"] == PLAIN
    assert answer.content.decode() == f"{checkpoints.public_keys()[0]}\n"


def test_robots_find_the_public_start_alone(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines == ["User-agent: *", "Allow: /$", "Allow: /close/$", "Allow: /help/", "Disallow: /"]
