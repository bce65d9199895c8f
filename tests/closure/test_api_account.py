"""GET account/: what the owner may know of the own account."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts import restrictions
from accounts.actors import Actor
from accounts.enums import TIPPING_OFF, RestrictionKind
from accounts.models import Account
from tests.api import Caller
from tests.closure import api_walk as walk
from tests.factories import make_account

pytestmark = pytest.mark.django_db

HOLDS = sorted(TIPPING_OFF)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def restrict(account: Account, kind: str, now: datetime) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        system = Actor.system("tests")
        restrictions.place(locked, RestrictionKind(kind), actor=system, note="order 12/2026", now=now)


def test_account_shows_contact_status_and_identity(ana: Account) -> None:
    assert Caller(ana).get("account/").json() == {
        "email": "ana@example.test",
        "phone": ana.phone,
        "name": "Ana Diaz",
        "status": "active",
        "identity_level": 2,
        "identity_status": "verified",
        "withdrawals_held_until": None,
        "restrictions": [],
        "due": [],
    }


@pytest.mark.row("J03")
def test_account_says_until_when_withdrawals_are_held_and_no_longer(ana: Account, now: datetime) -> None:
    for until, said in ((now + timedelta(hours=1), f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}"), (now, None)):
        Account.objects.filter(pk=ana.pk).update(withdrawals_held_until=until)
        told = Caller(ana).get("account/").json()["withdrawals_held_until"]
        assert (told and told[:16]) == said


@pytest.mark.parametrize("kind", HOLDS)
def test_legal_and_risk_holds_are_one_neutral_sentence(ana: Account, kind: str, now: datetime) -> None:
    caller = Caller(ana)
    restrict(ana, kind, now)
    alone = caller.get("account/").content
    assert kind.encode() not in alone
    assert b"12/2026" not in alone
    for other in HOLDS:
        restrict(ana, other, now)
    assert caller.get("account/").content == alone


def test_other_restrictions_are_named(ana: Account, now: datetime) -> None:
    restrict(ana, "negative_balance", now)
    restrict(ana, "judicial_freeze", now)
    told = Caller(ana).get("account/").json()["restrictions"]
    assert [each["code"] for each in told] == ["negative_balance", "hold"]
    assert told[0]["text"] == "negative balance"


def test_what_is_due_is_listed() -> None:
    new = make_account("new", phone=None, identity_status="refresh_due")
    caller = Caller(new)
    assert [each["code"] for each in caller.get("account/").json()["due"]] == ["identity_refresh"]


def test_open_draft_is_due(ana: Account) -> None:
    caller = Caller(ana)
    walk.open_draft(caller)
    assert [each["code"] for each in caller.get("account/").json()["due"]] == ["closure_open"]
