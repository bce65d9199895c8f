"""Downloading one's records by the pages: a fresh factor first, for one browser, one file and ten minutes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Purpose
from accounts.models import Account, EmailDevice, SmsDevice, StepUp, TotpDevice
from closure.enums import Step
from tests.closure.downloading import CODE, FILE, app, begin, download, open_file
from tests.closure.walking import PAGES, codes, walk_to
from tests.factories import PASSWORD, make_account, totp_code
from tests.outbox import last_code, messages
from tests.pages import house_rules, read, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "time,kind,asset,amount,fee,reference\r\n"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def tab(client: Client, ana: Account) -> Client:
    """Ana, signed in."""
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    return client


def links(response: Any) -> list[str]:
    return [link["href"] for link in read(response).every("a")]


@pytest.mark.row("B10", "D07")
def test_records_are_a_file_after_a_fresh_code(tab: Client, ana: Account) -> None:
    assert tab.get(FILE)["Location"] == CODE
    assert open_file(tab, ana)["Location"] == CODE
    page = tab.get(CODE)
    assert (FILE in links(page), house_rules(read(page))) == (True, [])
    response = tab.get(FILE)
    assert (response.headers["Content-Type"], response.headers["Content-Disposition"]) == (
        "text/csv; charset=utf-8",
        'attachment; filename="transactions.csv"',
    )
    assert b"".join(response).decode() == HEADER
    # What failed half way may be fetched again.
    assert download(tab) == HEADER


@pytest.mark.row("D06", "D07")
def test_page_says_why_and_helps_where_codes_fail(tab: Client, ana: Account) -> None:
    before = tab.get(CODE)
    assert "We ask because the file shows all your trades and payments." in read(before).text
    assert FILE not in links(before)
    begin(tab)
    page = tab.get(CODE)
    assert "The code does not arrive or is refused" in read(page).text
    assert (len(read(page).every("script")), house_rules(read(page))) == (2, [])
    assert [box for _tag, box in read(page).tags if "data-timer" in box] != []
    refused = tab.post(CODE, {app(ana): "000000"})
    assert (refused.status_code, house_rules(read(refused))) == (422, [])
    assert "That code is not right" in read(refused).text


def test_looking_at_the_pages_begins_and_opens_nothing(tab: Client, ana: Account) -> None:
    for _time in range(2):
        assert tab.get(CODE).status_code == 200
        assert tab.get(FILE)["Location"] == CODE
    assert StepUp.objects.filter(purpose=Purpose.EXPORT_DATA).count() == 0
    assert messages(ana, template="confirmation_code") == []


@pytest.mark.row("B10")
def test_mailed_code_serves_where_there_is_no_app(client: Client) -> None:
    ben = make_account("ben", totp=False, phone=None)
    mail = EmailDevice.objects.get(user=ben)
    client.post("/sign-in/", {"identifier": "ben@example.test", "password": PASSWORD})
    client.post("/sign-in/code/", {"send": str(mail.pk)})
    client.post("/sign-in/code/", {"factor": str(mail.pk), "code": last_code(ben)})
    begin(client)
    assert client.post(CODE, {str(mail.pk): last_code(ben)})["Location"] == CODE
    assert download(client) == HEADER


@pytest.mark.row("D07")
def test_file_is_open_for_ten_minutes(tab: Client, ana: Account, advance: Callable[..., datetime]) -> None:
    open_file(tab, ana)
    advance(minutes=9)
    assert download(tab) == HEADER
    advance(minutes=2)
    assert tab.get(FILE)["Location"] == CODE
    assert FILE not in links(tab.get(CODE))


@pytest.mark.row("D02")
def test_time_that_ran_out_starts_over_and_can_be_lengthened(
    tab: Client, ana: Account, advance: Callable[..., datetime]
) -> None:
    begin(tab)
    tab.post(CODE, {"extend": "1"})
    advance(minutes=15)
    assert tab.get(CODE).content.count(b"one-time-code") > 0
    advance(minutes=6)
    assert "The time is over." in read(tab.get(CODE)).text
    assert tab.post(CODE, {app(ana): totp_code(ana)})["Location"] == CODE
    assert tab.get(FILE)["Location"] == CODE


@pytest.mark.row("D07")
def test_code_for_closing_opens_no_file(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.VERIFY)
    typed = codes(tab, ana)
    mail = str(EmailDevice.objects.get(user=ana).pk)
    begin(tab)
    assert tab.post(CODE, {mail: typed[mail]}).status_code == 422
    assert tab.get(FILE)["Location"] == CODE
    # Neither was it used up by trying, nor did closing get anything out of the other.
    assert tab.post(PAGES[Step.VERIFY], typed)["Location"] == PAGES[Step.DOCUMENT]


@pytest.mark.row("D07")
def test_code_for_the_file_closes_nothing(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.VERIFY)
    begin(tab)
    phone = str(SmsDevice.objects.get(user=ana).pk)
    tab.post(CODE, {"send": phone})
    code = last_code(ana, channel="sms")
    assert tab.post(PAGES[Step.VERIFY], {phone: code}).status_code == 422
    assert tab.post(CODE, {phone: code})["Location"] == CODE
    assert download(tab) == HEADER
    assert tab.get(PAGES[Step.CONFIRM])["Location"] == PAGES[Step.VERIFY]


def test_second_factors_alone_are_offered_where_there_are_some(tab: Client, ana: Account) -> None:
    begin(tab)
    assert StepUp.objects.get(purpose=Purpose.EXPORT_DATA).kinds == ["passkey", "sms", "totp"]


@pytest.mark.row("B10")
def test_export_page_leads_to_the_file_and_back(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.EXPORT)
    assert FILE in links(tab.get(PAGES[Step.EXPORT]))
    assert PAGES[Step.EXPORT] in links(tab.get(CODE))


def test_authenticator_that_went_away_opens_nothing(tab: Client, ana: Account) -> None:
    begin(tab)
    typed = {app(ana): totp_code(ana)}
    TotpDevice.objects.filter(user=ana).delete()
    assert tab.post(CODE, typed).status_code in {302, 422}
    assert tab.get(FILE)["Location"].startswith(("/close/export/code/", "/sign-in/"))
