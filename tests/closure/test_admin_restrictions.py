"""Placing a restriction at the console: what the customer will read stands beside each kind, before the click."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts import restrictions
from accounts.enums import TIPPING_OFF, RestrictionKind, Role
from accounts.models import Account
from tests.console import console
from tests.factories import make_account, make_staff
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("K02", "K03", "K04", "K05", "A12")]
LIST = "/staff/accounts/restriction/"
PLACE = f"{LIST}place/"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def kinds(client: Client) -> list[str]:
    return [field["value"] for field in read(client.get(PLACE)).every("input") if field.get("name") == "kind"]


def place(client: Client, ana: Account, kind: str, **more: str) -> Any:
    return client.post(PLACE, {"account": str(ana.pk), "kind": kind, "reason": "They called.", **more})


def test_each_kind_says_what_the_customer_reads(ana: Account) -> None:
    olga = console(make_staff("olga", Role.COMPLIANCE))
    page = read(olga.get(PLACE))
    assert kinds(olga) == [kind.value for kind in RestrictionKind if kind is not RestrictionKind.NEGATIVE_BALANCE]
    for words in ("A fraud alert protects your account.", "We do not serve your region.", "verification failed"):
        assert words in page.text, words
    # The four holds read alike, and say so four times.
    assert page.text.count("A legal or risk hold applies; we cannot say more.") == len(TIPPING_OFF)
    assert page.text.count("Another person of compliance confirms it within 24 hours.") == len(TIPPING_OFF)


def test_agent_places_what_is_theirs_from_the_account(ana: Account) -> None:
    sam = console(make_staff("sam"))
    assert f"{PLACE}?account={ana.pk}" in [
        a.get("href") for a in read(sam.get(f"/staff/accounts/account/{ana.pk}/")).every("a")
    ]
    assert kinds(sam) == ["fraud_alert", "unsupported_region", "failed_verification"]
    assert 'value="ana@example.test"' in sam.get(f"{PLACE}?account=ana@example.test").content.decode()
    answer = place(sam, ana, "fraud_alert")
    [row] = restrictions.active(ana.pk)
    assert (answer["Location"], row.kind) == (f"{LIST}{row.pk}/", "fraud_alert")
    again = place(sam, ana, "fraud_alert")
    assert (again.status_code, "stands already" in read(again).text) == (422, True)


def test_second_person_confirms_on_the_page(ana: Account) -> None:
    olga, omar = (console(make_staff(name, Role.COMPLIANCE)) for name in ("olga", "omar"))
    address = place(olga, ana, "judicial_freeze")["Location"]
    offers = [
        [
            form["action"].split("/")[-2]
            for form in read(who.get(address)).every("form")
            if address in form.get("action", "")
        ]
        for who in (olga, omar)
    ]
    assert offers == [["propose"], ["second", "propose"]]
    for who in (olga, omar):
        assert "not confirmed" in read(who.get(LIST, {"work": "unconfirmed"})).text
    assert olga.post(f"{address}second/", {"reason": "x"}).status_code == 403
    assert omar.post(f"{address}second/", {"reason": "Saw the order."}).status_code == 302
    text = read(omar.get(address)).text
    assert ("Confirmed by" in text, "not confirmed" in text) == (True, False)


def test_who_may_not_place_sees_no_page(ana: Account, now: datetime) -> None:
    sam, ada = console(make_staff("sam")), console(make_staff("ada", Role.AUDITOR))
    refused = place(sam, ana, "judicial_freeze")
    assert (refused.status_code, "judicial_freeze is not one" in read(refused).text) == (422, True)
    for kind in ("", "negative_balance"):
        assert place(sam, ana, kind).status_code == 422
    assert place(sam, ana, "fraud_alert", account="nobody@example.test").status_code == 422
    assert (ada.get(PLACE).status_code, place(ada, ana, "fraud_alert").status_code) == (403, 403)
    assert ("Place a restriction" in read(ada.get(LIST)).text, "Place a restriction" in read(sam.get(LIST)).text) == (
        False,
        True,
    )
    assert restrictions.active(ana.pk) == []
