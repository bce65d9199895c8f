"""Restrictions that the core reports by the API: signed, counted, and refused whole when one cannot be read."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import restrictions
from accounts.ids import uuid7
from accounts.messages.signatures import sign
from accounts.models import Account, RestrictionReport
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("K01")]

PATH = "/api/v1/core/restrictions/"
KEY = "g" * 32
NOTHING = dict.fromkeys(("placed", "lifted", "proposed", "nothing", "known", "unknown_account", "contradicted"), 0)


@pytest.fixture(autouse=True)
def _key(settings: Settings) -> None:
    settings.PORTAL_GATEWAY_KEY = KEY


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def told(ana: Account, now: datetime, **more: Any) -> dict[str, Any]:
    event = {"id": "core-1", "move": "placed", "kind": "negative_balance", "account": str(ana.pk)}
    return {**event, "at": now.isoformat(), **more}


def call(now: datetime, *events: Any, key: str = KEY) -> Any:
    body, time = json.dumps({"events": list(events)}).encode(), str(int(now.timestamp()))
    signed = sign(key, method="POST", path=PATH, body=body, time=time)
    headers = {"X-Portal-Time": time, "X-Portal-Signature": signed}
    return Client(enforce_csrf_checks=True).post(PATH, body, content_type="application/json", headers=headers)


def test_answer_counts_what_became_of_each(ana: Account, now: datetime) -> None:
    later = (now + timedelta(days=365)).isoformat()
    events = [
        told(ana, now),
        told(ana, now, id="core-2", move="lifted", at=later),
        told(ana, now, id="core-3", kind="judicial_freeze"),
        told(ana, now, id="core-4", kind="judicial_freeze", move="lifted", at=later),
        told(ana, now, id="core-5", kind="fraud_alert", move="lifted"),
        told(ana, now, id="core-6", account=str(uuid7())),
    ]
    counts = {"placed": 2, "lifted": 1, "proposed": 1, "nothing": 1, "unknown_account": 1}
    assert call(now, *events).json() == {**NOTHING, **counts}
    assert [each.kind for each in restrictions.active(ana.pk)] == ["judicial_freeze"]
    again = [*events[:5], told(ana, now, id="core-1", kind="fraud_alert")]
    assert call(now, *again).json() == {**NOTHING, "known": 5, "contradicted": 1}


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"kind": "parking_ticket"}, "parking_ticket"),
        ({"move": "extended"}, "extended"),
        ({"id": ""}, "blank"),
        ({"id": "1" * 129}, "128"),
        ({"account": "ana@example.test"}, "UUID"),
        ({"at": "yesterday"}, "Datetime"),
    ],
)
def test_call_with_one_that_cannot_be_read_takes_none(
    ana: Account, now: datetime, wrong: dict[str, str], named: str
) -> None:
    right = told(ana, now, id="core-2")
    answer = call(now, right, told(ana, now, **wrong))
    assert (answer.status_code, answer.json()["code"], named in answer.content.decode()) == (400, "invalid", True)
    assert (restrictions.active(ana.pk), RestrictionReport.objects.count()) == ([], 0)
    assert call(now, right).json() == {**NOTHING, "placed": 1}


def test_who_is_not_the_core_is_not_heard(ana: Account, now: datetime, settings: Settings) -> None:
    answer = call(now, told(ana, now), key="x" * 32)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'HMAC realm="exchange core"')
    settings.PORTAL_GATEWAY_KEY = "short"
    assert (call(now, told(ana, now), key="short").status_code, restrictions.active(ana.pk)) == (404, [])
