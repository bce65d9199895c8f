"""The page of the codes: it says what they close, goes on under a new key, and no clock reopens it (D02, D07)."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import clock
from accounts.models import Account
from closure.enums import ClosureState, Step
from closure.models import ClosureRequest
from tests.closure.walking import PAGES, codes, walk_to
from tests.factories import PASSWORD, document_number, make_account
from tests.pages import house_rules, read, sign_in_by_mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D02", "D07")]


@pytest.fixture
def ana(client: Client) -> Account:
    ana = make_account("ana")
    sign_in_by_mail(client, ana, PASSWORD)
    return ana


def test_page_names_the_account_that_the_codes_close(client: Client, ana: Account) -> None:
    walk_to(client, ana, Step.VERIFY)
    codes(client, ana)
    page = read(client.get(PAGES[Step.VERIFY]))
    assert house_rules(page) == []
    assert f"You are closing account {ana.short_id}. These codes are good for nothing else." in page.text


def test_complete_verification_goes_on_under_a_new_key(client: Client, ana: Account) -> None:
    walk_to(client, ana, Step.VERIFY)
    typed = codes(client, ana)
    before = client.cookies["__Host-session"].value
    client.post(PAGES[Step.VERIFY], typed)
    thief = Client()
    thief.cookies["__Host-session"] = before
    assert [each.get("/security/").status_code for each in (client, thief)] == [200, 302]


@pytest.mark.parametrize("back", [timedelta(hours=-1), timedelta(hours=-24)])
def test_clock_set_back_submits_nothing(client: Client, ana: Account, back: timedelta) -> None:
    walk_to(client, ana, Step.VERIFY)
    client.post(PAGES[Step.VERIFY], codes(client, ana))
    client.post(PAGES[Step.DOCUMENT], {"number": document_number()})
    clock.set_offset_source(lambda: back)
    assert client.post(PAGES[Step.CONFIRM], {"password": PASSWORD})["Location"] == PAGES[Step.VERIFY]
    assert ClosureRequest.objects.get().state == ClosureState.DRAFT
