"""The staff page of assets that are given up: looked at by all, decided by those who may (B12, L06)."""

from datetime import datetime

import pytest
from django.test import Client

from accounts.enums import Role
from closure.models import Residual
from tests.closure.clearing import loaded, press
from tests.console import console
from tests.factories import make_staff
from tests.pages import read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("B12")]
LIST = "/staff/closure/residual/"


@pytest.fixture
def residual(now: datetime) -> Residual:
    ana = loaded(now=now)
    press(ana, "give_up", "XYZ", now=now)
    return Residual.objects.get()


def console_of(role: Role) -> Client:
    return console(make_staff(role.value, role))


def test_list_and_page_say_what_the_core_refused(residual: Residual) -> None:
    sam = console_of(Role.AGENT)
    for told in (LIST, f"{LIST}{residual.pk}/"):
        text = read(sam.get(told)).text
        assert ("0.0003" in text, "XYZ" in text) == (True, True)
    page = read(sam.get(f"{LIST}{residual.pk}/"))
    for words in ("waiting for staff", "less than the fee", "no price", "nothing to convert", "Confirm that it is"):
        assert words in page.text


@pytest.mark.parametrize(("button", "state"), [("confirm", "confirmed"), ("refuse", "refused")])
def test_agent_decides(button: str, state: str, residual: Residual) -> None:
    sam, one = console_of(Role.AGENT), f"{LIST}{residual.pk}/"
    assert sam.post(f"{one}{button}/", {"reason": ""}).status_code == 422
    assert sam.post(f"{one}{button}/", {"reason": "Seen."})["Location"] == one
    residual.refresh_from_db()
    page = read(sam.get(one))
    assert (residual.state, state in page.text, "Confirm that it is" in page.text) == (state, True, False)


def test_auditor_looks_and_does_not_decide(residual: Residual) -> None:
    eve, one = console_of(Role.AUDITOR), f"{LIST}{residual.pk}/"
    assert "Confirm that it is" not in read(eve.get(one)).text
    assert eve.post(f"{one}confirm/", {"reason": "Seen."}).status_code == 403
    residual.refresh_from_db()
    assert residual.state == "asked"


def test_looking_decides_nothing(residual: Residual) -> None:
    assert console_of(Role.LEAD).get(f"{LIST}{residual.pk}/confirm/").status_code == 405


def test_search_finds_by_the_owner(residual: Residual) -> None:
    sam = console_of(Role.AGENT)
    found = [read(sam.get(LIST, {"q": term})).text for term in ("ana@example.test", "ben@example.test")]
    assert ["0.0003" in text for text in found] == [True, False]
