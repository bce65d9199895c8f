"""Deposits that the core reports: signed, taken once by its own id, refused whole when they cannot be read."""

from datetime import datetime
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from accounts.ids import uuid7
from accounts.models import Account
from closure.models import DepositClaim
from tests.claiming import closed
from tests.closure.core_calls import report
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("F08")]

PATH = "/api/v1/core/deposits/"
KEY = "g" * 32
NOTHING = dict.fromkeys(("claimed", "known", "credited", "unknown_account", "contradicted"), 0)


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.PORTAL_GATEWAY_KEY, settings.MESSAGE_EVENTS_KEY = KEY, "m" * 32


@pytest.fixture
def ana(now: datetime) -> Account:
    return closed(now=now)


def late(owner: Account, now: datetime, **more: Any) -> dict[str, Any]:
    told = {"id": "core-1", "kind": "late_deposit", "account": str(owner.pk), "asset": "BTC", "amount": "0.50"}
    return {**told, "at": now.isoformat(), **more}


def call(now: datetime, *events: Any, key: str = KEY, path: str = PATH) -> Any:
    return report(PATH, list(events), key=key, signed_for=path, now=now)


def test_each_event_is_taken_once(ana: Account, now: datetime) -> None:
    told = [late(ana, now), late(ana, now, id="core-2")]
    assert [call(now, *told).json() for _twice in range(2)] == [{**NOTHING, "claimed": 2}, {**NOTHING, "known": 2}]
    assert DepositClaim.objects.count() == 2


def test_answer_says_what_became_of_each(ana: Account, now: datetime) -> None:
    ben = make_account("ben")
    told = [
        late(ana, now),
        late(ana, now, amount="0.6"),
        late(ana, now, id="core-3", kind="deposit"),
        late(ben, now, id="core-4"),
        late(ana, now, id="core-5", account=str(uuid7())),
    ]
    answer = call(now, *told)
    assert answer.json() == {"claimed": 1, "known": 0, "credited": 2, "unknown_account": 1, "contradicted": 1}
    assert DepositClaim.objects.get().amount == "0.50"


@pytest.mark.parametrize("wrong", [{"key": "m" * 32}, {"key": "x" * 32}, {"path": "/api/v1/messages/events/"}])
def test_call_that_is_not_signed_by_the_core_is_not_heard(ana: Account, now: datetime, wrong: dict[str, str]) -> None:
    answer = call(now, late(ana, now), **wrong)
    assert (answer.status_code, answer.json()["code"], answer["WWW-Authenticate"]) == (
        401,
        "not_signed",
        'HMAC realm="exchange core"',
    )
    assert DepositClaim.objects.count() == 0


@pytest.mark.parametrize("key", ["", "short"])
def test_without_a_good_key_there_is_no_such_address(ana: Account, now: datetime, settings: Settings, key: str) -> None:
    settings.PORTAL_GATEWAY_KEY = key
    assert call(now, late(ana, now), key=key).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": "1" * 129},
        {"kind": "withdrawal"},
        {"account": "ana@example.test"},
        {"asset": ""},
        {"amount": "-1"},
        {"amount": "0"},
        {"amount": "NaN"},
        {"amount": "1e-19"},
        {"at": "yesterday"},
    ],
)
def test_report_of_a_wrong_shape_is_refused_whole(ana: Account, now: datetime, wrong: dict[str, str]) -> None:
    answer = call(now, late(ana, now, id="core-2"), late(ana, now, **wrong))
    assert (answer.status_code, answer.json()["code"], DepositClaim.objects.count()) == (400, "invalid", 0)


def test_so_many_at_once(ana: Account, now: datetime) -> None:
    told = [late(ana, now, id=f"core-{number}") for number in range(101)]
    assert (call(now, *told).status_code, DepositClaim.objects.count()) == (400, 0)
    assert call(now, *told[:100]).json() == {**NOTHING, "claimed": 100}
