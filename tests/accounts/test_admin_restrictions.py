"""Legal and risk holds at the console: proposed by one of compliance, lifted by another, never offered to the first."""

from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts import restrictions
from accounts.actors import Actor
from accounts.enums import TIPPING_OFF, RestrictionKind, Role
from accounts.models import Account, Restriction
from tests.console import console
from tests.factories import make_account, make_staff
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("A12", "L06")]
LIST = "/staff/accounts/restriction/"


def placed(now: datetime, kind: RestrictionKind = RestrictionKind.SECURITY_INVESTIGATION) -> Restriction:
    with transaction.atomic():
        ana = Account.objects.select_for_update().get(pk=make_account("ana").pk)
        return restrictions.place(ana, kind, actor=Actor.system("tests"), note="", now=now)


def offered(client: Client, row: Restriction) -> list[str]:
    """Return the decisions that the page of a restriction offers."""
    actions = [form.get("action", "") for form in read(client.get(f"{LIST}{row.pk}/")).every("form")]
    return [action.split("/")[-2] for action in actions if str(row.pk) in action]


def decide(client: Client, row: Restriction, what: str, reason: str = "The order is over.") -> Any:
    return client.post(f"{LIST}{row.pk}/{what}/", {"reason": reason})


def waiting(client: Client) -> list[Any]:
    answer: Any = client.get(LIST, {"work": "lift"})
    return [each.pk for each in answer.context["cl"].result_list]


@pytest.fixture
def olga() -> Client:
    return console(make_staff("olga", Role.COMPLIANCE))


@pytest.fixture
def omar() -> Client:
    return console(make_staff("omar", Role.COMPLIANCE))


def test_restriction_is_lifted_by_two_pages(olga: Client, omar: Client, now: datetime) -> None:
    row = placed(now)
    assert (offered(olga, row), offered(omar, row), waiting(omar)) == (["propose"], ["propose"], [])
    assert decide(olga, row, "propose")["Location"] == f"{LIST}{row.pk}/"
    assert (offered(olga, row), offered(omar, row), waiting(omar)) == (["drop"], ["confirm", "drop"], [row.pk])
    refused = decide(olga, row, "confirm")
    assert (refused.status_code, "A second person has to decide" in read(refused).text) == (403, True)
    assert "lifting proposed" in read(omar.get(LIST)).text
    assert decide(omar, row, "confirm").status_code == 302
    text = read(omar.get(f"{LIST}{row.pk}/")).text
    assert [words in text for words in ("lifted", "Lifting proposed", "Proposed by", "Lifted by")] == [True] * 4
    assert (offered(olga, row), offered(omar, row), restrictions.active(row.account_id)) == ([], [], [])


def test_proposal_is_taken_back_on_its_page(olga: Client, now: datetime) -> None:
    row = placed(now)
    decide(olga, row, "propose")
    assert decide(olga, row, "drop").status_code == 302
    assert (offered(olga, row), waiting(olga)) == (["propose"], [])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COMPLIANCE])
def test_others_look_and_lift_nothing(role: Role, olga: Client, now: datetime) -> None:
    row = placed(now)
    client = console(make_staff("sam", role))
    for what in ("propose", "confirm", "drop"):
        assert (offered(client, row), decide(client, row, what).status_code) == ([], 403)
    assert len(restrictions.active(row.account_id)) == 1


@pytest.mark.parametrize("kind", [kind for kind in RestrictionKind if kind not in TIPPING_OFF])
def test_kinds_that_one_person_lifts_offer_no_second(kind: RestrictionKind, olga: Client, now: datetime) -> None:
    row = placed(now, kind)
    expected = {
        RestrictionKind.NEGATIVE_BALANCE: ([], 403),
        RestrictionKind.FAILED_VERIFICATION: (["lift", "release"], 422),
    }.get(kind, (["lift"], 422))
    assert (offered(olga, row), decide(olga, row, "propose").status_code) == expected


@pytest.mark.row("K02")
def test_one_person_lifts_what_is_not_a_hold(now: datetime) -> None:
    row, sam = placed(now, RestrictionKind.FRAUD_ALERT), console(make_staff("sam"))
    assert decide(sam, row, "lift", reason=" ").status_code == 422
    assert decide(sam, row, "lift").status_code == 302
    assert (offered(sam, row), restrictions.active(row.account_id)) == ([], [])


def test_decision_needs_a_reason_a_post_and_a_name(olga: Client, now: datetime) -> None:
    row = placed(now)
    refused = decide(olga, row, "propose", reason=" ")
    assert (refused.status_code, "This field is required." in read(refused).text) == (422, True)
    assert (olga.get(f"{LIST}{row.pk}/propose/").status_code, decide(olga, row, "erase").status_code) == (405, 404)
    assert waiting(olga) == []
