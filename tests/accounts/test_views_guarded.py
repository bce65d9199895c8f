"""Pages that ask for a verification first: what they say, old tabs, time that ran out, and thieves (D02, D07)."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import clock
from accounts.enums import Purpose
from accounts.models import Account, BackupCode, EmailDevice, OutboxMessage, Session, SmsDevice, StepUp, TotpDevice
from accounts.verification import changes
from tests.changing_pages import begin, change, code_of, verify
from tests.factories import PASSWORD, make_account, totp_code
from tests.pages import house_rules, read, sign_in, sign_in_by_mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D07")]
BACKUP, TOTP, FACTORS = "/security/factors/backup/", "/security/factors/totp/", "/security/factors/"
WORDS, CONTACT = "/security/anti-phishing/", "/security/contact/email/"
MAKE_IT = {"act": "1"}


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def signed_in(client: Client, ana: Account) -> Client:
    sign_in_by_mail(client, ana, PASSWORD)
    return client


def of(account: Account, device_class: Any, what: str) -> str:
    return f"{FACTORS}{device_class.objects.get(user=account).pk}/{what}/"


def said(client: Client, address: str) -> str:
    return read(client.get(address)).text


def test_page_says_what_the_codes_are_for(signed_in: Client, ana: Account) -> None:
    begin(signed_in, of(ana, TotpDevice, "remove"))
    page = read(signed_in.get(of(ana, TotpDevice, "remove")))
    assert house_rules(page) == []
    assert f"You are removing: Authenticator app (authenticator), from account {ana.short_id}." in page.text


def test_backup_codes_are_shown_once(signed_in: Client, ana: Account) -> None:
    answer = change(signed_in, ana, BACKUP)
    shown = [word for word in read(answer).text.split() if len(word) == 11 and word[5] == "-"]
    assert (answer.status_code, len(shown), BackupCode.objects.count()) == (200, 10, 10)
    assert ("Prove that it is you" in read(answer).text, "You are making" in read(answer).text) == (False, False)
    assert [code in said(signed_in, BACKUP) for code in shown] == [False] * 10
    assert "10 of your codes still work." in said(signed_in, BACKUP)


def test_verification_of_one_page_opens_no_other(signed_in: Client, ana: Account) -> None:
    verify(signed_in, ana, BACKUP)
    for other in (WORDS, TOTP, of(ana, SmsDevice, "remove")):
        assert signed_in.post(other, {**MAKE_IT, "code": "words"})["Location"] == other
    assert (SmsDevice.objects.count(), Account.objects.get(pk=ana.pk).anti_phishing_code) == (1, "")


def test_session_goes_on_under_a_new_key(signed_in: Client, ana: Account) -> None:
    before = signed_in.cookies["__Host-session"].value
    verify(signed_in, ana, BACKUP)
    thief = Client()
    thief.cookies["__Host-session"] = before
    assert signed_in.cookies["__Host-session"].value != before
    assert [each.get(BACKUP).status_code for each in (signed_in, thief)] == [200, 302]
    assert Session.objects.filter(account_id=ana.pk).count() == 1


@pytest.mark.row("D02")
def test_time_that_ran_out_keeps_the_place(signed_in: Client, ana: Account, advance: Callable[..., datetime]) -> None:
    verify(signed_in, ana, WORDS)
    advance(minutes=10)
    answer = signed_in.post(WORDS, {**MAKE_IT, "code": "blue kettle"})
    assert answer["Location"] == WORDS
    assert "The time is over. Only the verification starts again." in said(signed_in, WORDS)
    ana.refresh_from_db()
    assert ana.anti_phishing_code == ""
    assert change(signed_in, ana, WORDS, code="blue kettle")["Location"] == WORDS
    ana.refresh_from_db()
    assert ana.anti_phishing_code == "blue kettle"


@pytest.mark.row("D02")
def test_more_time_is_given_before_and_after_the_code(signed_in: Client, ana: Account) -> None:
    asked = begin(signed_in, WORDS)
    row = StepUp.objects.get(purpose=Purpose.ANTI_PHISHING)
    signed_in.post(WORDS, {"extend": "1"})
    signed_in.post(WORDS, code_of(signed_in, ana, WORDS, asked))
    signed_in.post(WORDS, {**MAKE_IT, "extend": "1"})
    later = StepUp.objects.get(pk=row.pk)
    assert later.extensions_left == changes.EXTENSIONS - 2
    assert later.expires_at - row.expires_at >= 2 * changes.WINDOW


def test_two_tabs_and_the_back_button_do_it_once(signed_in: Client, ana: Account) -> None:
    verify(signed_in, ana, WORDS)
    first = signed_in.post(WORDS, {**MAKE_IT, "code": "blue kettle"})
    second = signed_in.post(WORDS, {**MAKE_IT, "code": "other words"})
    assert (first.status_code, second.status_code) == (302, 302)
    ana.refresh_from_db()
    assert ana.anti_phishing_code == "blue kettle"
    # The form of the verification, sent again from the history, begins nothing.
    device = str(TotpDevice.objects.get(user=ana).pk)
    assert signed_in.post(WORDS, {device: totp_code(ana)})["Location"] == WORDS
    assert not StepUp.objects.filter(purpose=Purpose.ANTI_PHISHING, used_at=None, replaced_at=None).exists()


def test_beginning_in_a_second_tab_replaces_the_first(signed_in: Client, ana: Account) -> None:
    verify(signed_in, ana, WORDS)
    begin(signed_in, WORDS)
    assert signed_in.post(WORDS, {**MAKE_IT, "code": "blue kettle"})["Location"] == WORDS
    ana.refresh_from_db()
    assert ana.anti_phishing_code == ""


def test_clock_set_back_an_hour_reopens_nothing(signed_in: Client, ana: Account) -> None:
    verify(signed_in, ana, WORDS)
    for back in (timedelta(hours=-1), timedelta(minutes=-6)):
        clock.set_offset_source(lambda back=back: back)  # type: ignore[misc]
        signed_in.post(WORDS, {**MAKE_IT, "code": "blue kettle"})
        ana.refresh_from_db()
        assert ana.anti_phishing_code == ""


def test_small_differences_of_clocks_do_no_harm(signed_in: Client, ana: Account) -> None:
    verify(signed_in, ana, WORDS)
    clock.set_offset_source(lambda: timedelta(minutes=-4))
    signed_in.post(WORDS, {**MAKE_IT, "code": "blue kettle"})
    ana.refresh_from_db()
    assert ana.anti_phishing_code == "blue kettle"


def test_removing_the_factor_of_the_session_keeps_its_owner_signed_in(client: Client, ana: Account) -> None:
    sign_in_by_mail(client, ana, PASSWORD)
    assert change(client, ana, of(ana, EmailDevice, "remove"))["Location"] == FACTORS
    assert not EmailDevice.objects.filter(user=ana).exists()
    assert client.get(FACTORS).status_code == 200


def test_replacing_the_app_keeps_its_owner_signed_in_and_nobody_else(client: Client, ana: Account) -> None:
    other = Client()
    for each in (client, other):
        sign_in(each, "ana@example.test", PASSWORD, totp_code(ana))
    verify(client, ana, TOTP)
    new = TotpDevice.objects.get(user=ana, confirmed=False)
    assert client.post(TOTP, {**MAKE_IT, "code": new.code_at(time.time())})["Location"] == FACTORS
    assert TotpDevice.objects.get(user=ana) == new
    assert [each.get(FACTORS).status_code for each in (client, other)] == [200, 302]
    assert other.get("/sign-in/").status_code == 200


def test_last_factor_and_open_closures_are_told_before_any_code(signed_in: Client, ana: Account) -> None:
    SmsDevice.objects.filter(user=ana).delete()
    page = said(signed_in, of(ana, TotpDevice, "remove"))
    assert ("This is your last second factor." in page, "Prove that it is you" in page) == (True, False)


@pytest.mark.row("N02")
def test_factor_test_says_that_it_works_and_changes_nothing(signed_in: Client, ana: Account) -> None:
    address = of(ana, EmailDevice, "test")
    asked = begin(signed_in, address)
    assert asked == [str(EmailDevice.objects.get(user=ana).pk)]
    assert signed_in.post(address, {asked[0]: "000000"}).status_code == 422
    signed_in.post(address, code_of(signed_in, ana, address, asked))
    assert "It works: Codes by mail (a•••@example.test)." in said(signed_in, FACTORS)


def test_factors_of_others_are_not_there(signed_in: Client) -> None:
    bea = make_account("bea")
    for what in ("rename", "remove", "test"):
        assert signed_in.get(of(bea, TotpDevice, what)).status_code == 404
        assert signed_in.post(of(bea, TotpDevice, what), {"begin": "1"}).status_code == 404


# Thieves: what somebody can do who holds one stolen thing.

GUARDED = [
    BACKUP,
    TOTP,
    WORDS,
    "/security/factors/passkey/",
    "/security/api-keys/revoke/",
    "/security/addresses/remove/",
]


def weakened(account: Account) -> Any:
    """Return everything that a thief must not change."""
    account.refresh_from_db()
    return (
        [(each.pk, each.confirmed) for kind in (TotpDevice, SmsDevice, EmailDevice) for each in kind.objects.all()],
        BackupCode.objects.count(),
        (account.email, account.phone, account.password, account.anti_phishing_code, account.status),
    )


@pytest.mark.row("A13", "C06")
def test_session_alone_weakens_nothing(signed_in: Client, ana: Account) -> None:
    """The thief sits at the open browser, and reads neither mail nor texts."""
    before = weakened(ana)
    pages = [*GUARDED, of(ana, SmsDevice, "remove"), of(ana, TotpDevice, "remove"), of(ana, TotpDevice, "rename")]
    signed_in.post(CONTACT, {"value": "thief@example.test"})
    for page in [*pages, f"{CONTACT}allow/"]:
        signed_in.post(page, {**MAKE_IT, "code": "123456", "name": "x", "made": "{}"})
        signed_in.post(page, {"begin": "1"})
        signed_in.post(page, {**MAKE_IT, "code": "123456", "name": "x", "made": "{}"})
    signed_in.post(f"{CONTACT}confirm/", {"code": "123456"})
    assert weakened(ana) == before
    assert not OutboxMessage.objects.filter(template="contact_code").exists()


@pytest.mark.row("A13")
def test_session_alone_adds_no_first_factor(client: Client) -> None:
    """There is no second factor yet: the session still lacks the code that goes to the mailbox."""
    new = make_account("new", phone=None, totp=False)
    sign_in_by_mail(client, new, PASSWORD)
    before = weakened(new)
    for page in (TOTP, "/security/factors/passkey/", BACKUP):
        asked = begin(client, page)
        for _time in range(2):
            client.post(page, dict.fromkeys(asked, "000000"))
        client.post(page, {**MAKE_IT, "code": "000000", "name": "x", "made": "{}"})
    assert weakened(new) == before


@pytest.mark.row("J03")
def test_phone_alone_opens_nothing(client: Client, ana: Account) -> None:
    """The thief has the number on a card of their own, and reads every text."""
    before = weakened(ana)
    for page in ["/security/", *GUARDED, FACTORS, CONTACT, "/close/risks/", "/close/verify/"]:
        assert client.get(page).status_code == 302
        assert client.post(page, {"begin": "1", **MAKE_IT})["Location"].startswith("/sign-in/")
    for guess in ("", "password", str(ana.phone)):
        client.post("/sign-in/", {"identifier": str(ana.phone), "password": guess})
        assert client.get("/sign-in/code/")["Location"].startswith("/sign-in/")
    assert not OutboxMessage.objects.filter(account_id=ana.pk).exists()
    assert weakened(ana) == before


def test_what_one_browser_verified_is_not_for_another(signed_in: Client, ana: Account) -> None:
    found_open = Client()
    sign_in_by_mail(found_open, ana, PASSWORD)
    verify(signed_in, ana, BACKUP)
    assert found_open.post(BACKUP, MAKE_IT)["Location"] == BACKUP
    assert BackupCode.objects.count() == 0
    assert (signed_in.post(BACKUP, MAKE_IT).status_code, BackupCode.objects.count()) == (200, 10)
