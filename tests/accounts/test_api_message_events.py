"""Reports of providers: signed within a minute or not heard, taken once, refused whole when they cannot be read."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.messages.signatures import sign
from accounts.models import Case, DeliveryEvent
from tests.factories import make_account

pytestmark = pytest.mark.django_db

PATH = "/api/v1/messages/events/"
KEY = "k" * 32


@pytest.fixture(autouse=True)
def _key(settings: Settings) -> None:
    settings.MESSAGE_EVENTS_KEY = KEY


def event(now: datetime, **more: Any) -> dict[str, Any]:
    facts = {"id": "r1", "channel": "email", "outcome": "hard_bounce", "to": "ana@example.test", "at": now.isoformat()}
    return {**facts, **more}


def call(now: datetime, *events: dict[str, Any], body: bytes | None = None, **signed: Any) -> Any:
    sent = json.dumps({"events": list(events)}).encode() if body is None else body
    said = {"body": signed.pop("other", sent), "time": str(int(now.timestamp()))}
    facts = {"key": KEY, "method": "POST", "path": PATH, **said, **signed}
    headers = {"X-Portal-Time": facts["time"], "X-Portal-Signature": sign(facts.pop("key"), **facts)}
    return Client(enforce_csrf_checks=True).post(PATH, sent, content_type="application/json", headers=headers)


def test_reports_are_taken_once(now: datetime) -> None:
    make_account("ana")
    answers = [call(now, event(now), event(now, id="r2", to="???")).json() for _twice in range(2)]
    assert answers == [{"taken": 1, "known": 0, "unreadable": 1}, {"taken": 0, "known": 1, "unreadable": 1}]
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "x" * 32},
        {"method": "GET"},
        {"path": f"{PATH}?x"},
        {"other": b"{}"},
        {"time": ""},
        {"time": "now"},
        {"time": "9" * 13},
        {"time": "-1"},
    ],
)
def test_call_that_is_not_signed_is_not_heard(now: datetime, wrong: dict[str, Any]) -> None:
    answer = call(now, event(now), **wrong)
    assert (answer.status_code, answer.json()["code"], answer["Content-Type"]) == (
        401,
        "not_signed",
        "application/problem+json",
    )
    assert DeliveryEvent.objects.count() == 0


@pytest.mark.parametrize(("away", "status"), [(-62, 401), (-58, 200), (58, 200), (62, 401)])
def test_signature_lasts_a_minute(now: datetime, away: int, status: int) -> None:
    assert call(now + timedelta(seconds=away), event(now)).status_code == status


def test_call_without_headers_is_not_heard(client: Client) -> None:
    assert client.post(PATH, "{}", content_type="application/json").status_code == 401


@pytest.mark.parametrize("key", ["", "short"])
def test_without_a_good_key_there_is_no_such_address(now: datetime, settings: Settings, key: str) -> None:
    settings.MESSAGE_EVENTS_KEY = key
    assert call(now, event(now), key=key).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"events": 1}',
        b'{"events": [{}]}',
        json.dumps({"events": [{"id": "1"}] * 101}).encode(),
        b"\xff",
    ],
)
def test_body_that_cannot_be_read_is_refused_whole(now: datetime, body: bytes) -> None:
    answer = call(now, body=body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("wrong", [{"outcome": "eaten"}, {"channel": "pigeon"}, {"at": "yesterday"}, {"id": ""}])
def test_report_of_a_wrong_shape_is_refused_whole(now: datetime, wrong: dict[str, Any]) -> None:
    answer = call(now, event(now), event(now, **wrong))
    assert (answer.status_code, answer.json()["code"], DeliveryEvent.objects.count()) == (400, "invalid", 0)
