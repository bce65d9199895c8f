"""A dormant account wakes by as many factors as the policy in force says, through the pages and the API."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, EmailDevice, TotpDevice
from tests.closure.policy.behavior.columns import by_preset
from tests.factories import PASSWORD, make_account, totp_code
from tests.outbox import last_code
from tests.pages import read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("J01", "J02")]
CODE = "/sign-in/code/"


@pytest.fixture
def ana() -> Account:
    return make_account("ana", status="dormant")


def answers(client: Client, account: Account) -> list[bool]:
    """Sign in by the API, the app first and the mail where that is not enough; returns whether each code signed in."""
    given = {"identifier": str(account.email), "password": PASSWORD}
    client.post("/api/v1/session/", given, content_type="application/json")
    found: list[bool] = []
    for kind in (TotpDevice, EmailDevice):
        if True in found:
            break
        factor = str(kind.objects.get(user=account).pk)
        client.post("/api/v1/session/challenge/", {"factor": factor}, content_type="application/json")
        body = {"factor": factor, "code": totp_code(account) if kind is TotpDevice else last_code(account)}
        answer = client.post("/api/v1/session/code/", body, content_type="application/json").json()
        account.refresh_from_db()
        assert answer["signed_in"] is (account.status == "active")
        found.append(answer["signed_in"])
    return found


@by_preset("factors", {"binance": 1, "binance-cooling-off": 1, "binance-us": 2, "pionex": 1, "standard": 2})
def test_policy_in_force_says_how_many_factors_wake(
    preset: str, factors: int, settings: Any, client: Client, ana: Account
) -> None:
    settings.PORTAL_POLICY = preset
    assert answers(client, ana) == [*[False] * (factors - 1), True]


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
