"""`manage.py inspect_account`: everything that tells how an account stands, and nothing that tells whose it is."""

import json
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts import cases, restrictions
from accounts.actors import Actor
from accounts.enums import ActorKind, CaseKind, RestrictionKind, Role
from accounts.ids import uuid7
from accounts.models import Account, Event
from closure.enums import ClosureState
from closure.finalization.runner import finalize_due
from tests.closure.closing import approved
from tests.closure.finalization.test_resume import LATER
from tests.closure.scenes import make_request
from tests.factories import make_account
from tests.holding import place

pytestmark = [pytest.mark.django_db]
SAM = Actor(kind=ActorKind.STAFF, account_id=uuid7(), roles=frozenset({Role.AGENT}))


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def inspect(*arguments: str) -> tuple[int, str]:
    """Return exit code and what was printed."""
    out = StringIO()
    try:
        call_command("inspect_account", *arguments, stdout=out, stderr=out)
    except SystemExit as error:
        return int(str(error.code)), out.getvalue()
    return 0, out.getvalue()


def told(account: Account) -> list[dict[str, Any]]:
    """Return what is printed as JSON, but for the summary."""
    return [json.loads(line) for line in inspect(str(account.pk), "--json")[1].splitlines()[:-1]]


def about(found: list[dict[str, Any]], what: str) -> list[dict[str, Any]]:
    return [each for each in found if each["about"] == what]


def test_account_in_every_trouble_is_told_without_anything_personal(ana: Account, now: datetime) -> None:
    make_request(ana, ClosureState.HELD, now=now, held_reasons=["deposit", "legal"])
    restrictions.place(ana, RestrictionKind.FRAUD_ALERT, actor=Actor.core(), note="planted words", now=now)
    place(ana.pk, now=now, reason="planted words")
    case = cases.open_case(ana.pk, CaseKind.OTHER, actor=SAM, note="planted words", now=now)
    found = told(ana)
    assert about(found, "account")[0]["has"] == ["email", "phone", "name"]
    assert about(found, "account")[0]["legal_hold"] is True
    assert [each["kind"] for each in about(found, "restriction")] == ["fraud_alert"]
    assert [(each["state"], each["held"]) for each in about(found, "closure")] == [("held", ["deposit", "legal"])]
    assert [each["reference"] for each in about(found, "case")] == [case.reference]
    assert [each["action"] for each in about(found, "event")][:1] == ["case.opened"]
    printed = "".join(inspect(str(ana.pk), *form)[1] for form in ((), ("--json",)))
    personal = [ana.email, ana.phone, ana.name, "planted"]
    assert [each for each in personal if each and each in printed] == []


def test_whatever_names_it_finds_it_and_nothing_is_written(ana: Account) -> None:
    before = Event.objects.count()
    answers = [inspect(name) for name in (str(ana.pk), ana.email or "", ana.phone or "")]
    assert len(set(answers)) == 1
    assert answers[0][0] == 0
    assert f"account      id={ana.pk}  status=active" in answers[0][1]
    assert Event.objects.count() == before


def test_closed_account_is_found_by_its_key_with_its_steps(now: datetime) -> None:
    request = approved("ana", now=now)
    email = request.account.email or ""
    finalize_due(now=now + LATER)
    found = told(request.account)
    closure = about(found, "closure")[0]
    assert (about(found, "account")[0]["status"], closure["state"]) == ("closed", "closed")
    assert set(closure["steps"].values()) == {"done"}
    assert {each["state"] for each in about(found, "call")} == {"done"}
    assert inspect(email)[0] == 2


def test_unknown_account_is_a_usage_error() -> None:
    assert inspect("nobody@demo.test") == (2, "There is no account with this e-mail address, phone number or id.\n")
