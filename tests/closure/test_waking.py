"""A dormant account wakes by as many factors as the policy in force says, through the pages and the API."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, EmailDevice, TotpDevice
from closure import waking
from tests.closure.policy.behavior.columns import by_preset
from tests.factories import PASSWORD, make_account, totp_code
from tests.outbox import last_code
from tests.pages import read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("J01", "J02")]
CODE = "/sign-in/code/"


@pytest.fixture
def ana() -> Account:
    return make_account("ana", status="dormant")


@by_preset("factors", {"binance": 1, "binance-cooling-off": 1, "binance-us": 2, "pionex": 1, "standard": 2})
def test_policy_in_force_says_how_many_factors_wake(preset: str, factors: int, settings: Any, ana: Account) -> None:
    settings.PORTAL_POLICY = preset
    assert waking.factors_needed(ana) == factors


def test_page_asks_for_a_second_kind_and_says_why(client: Client, ana: Account) -> None:
    client.post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD})
    assert "We ask for 2 codes, each of another kind." in read(client.get(CODE)).text
    app, mail = (str(kind.objects.get(user=ana).pk) for kind in (TotpDevice, EmailDevice))
    client.post(CODE, {"factor": app, "code": totp_code(ana)})
    assert client.get("/security/").status_code == 302
    assert "We ask for one more code." in read(client.get(CODE)).text

    client.post(CODE, {"send": mail})
    assert client.post(CODE, {"factor": mail, "code": last_code(ana)})["Location"] == "/welcome-back/"
    ana.refresh_from_db()
    assert (ana.status, client.get("/security/").status_code) == ("active", 200)


def test_api_signs_in_after_the_second_kind(client: Client, ana: Account) -> None:
    given = {"identifier": "ana@example.test", "password": PASSWORD}
    client.post("/api/v1/session/", given, content_type="application/json")
    answers = []
    for kind in (TotpDevice, EmailDevice):
        factor = str(kind.objects.get(user=ana).pk)
        client.post("/api/v1/session/challenge/", {"factor": factor}, content_type="application/json")
        body = {"factor": factor, "code": totp_code(ana) if kind is TotpDevice else last_code(ana)}
        answers.append(client.post("/api/v1/session/code/", body, content_type="application/json").json()["signed_in"])
    assert answers == [False, True]
