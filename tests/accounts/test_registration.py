"""Registering: one answer for every address, an account only for who opened the link, and once."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts import block_review, clock, housekeeping, registration
from accounts.actors import Actor
from accounts.asking import LinkGone
from accounts.enums import AccountStatus, IdentifierKind, Role
from accounts.models import Account, EmailDevice, Event, OutboxMessage, RegistrationLink, SmsDevice
from tests.blocking import block
from tests.factories import PASSWORD, make_account, make_staff
from tests.links import received, token_in
from tests.pages import house_rules, last_code, read, sign_in_by_mail
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)

MAIL = "new@example.test"


@pytest.fixture
def blocked_until(now: datetime) -> datetime:
    """One address is blocked for thirty days."""
    until = now + timedelta(days=30)
    block(IdentifierKind.EMAIL, MAIL, now=now, until=until)
    return until


def asked(client: Client, identifier: str = MAIL) -> str | None:
    """Ask by the page; return the words of the message, None where nothing is sent."""
    answer = client.post("/register/", {"identifier": identifier})
    assert (answer.status_code, answer["Location"]) == (302, "/register/sent/")
    words = received("registration")
    return words.text if words else None


def link(client: Client, identifier: str = MAIL) -> str:
    client.post("/register/", {"identifier": identifier})
    return f"/register/{token_in(received('registration'))}/"


def test_address_confirmed_and_password_chosen_make_an_account(client: Client) -> None:
    assert client.post(link(client, " New@Example.test "), {"password": PASSWORD})["Location"] == "/sign-in/"
    assert "Your account is ready." in read(client.get("/sign-in/")).text
    account = Account.objects.get()
    assert (account.email, account.phone, account.status, account.is_staff) == (MAIL, None, "active", False)
    assert EmailDevice.objects.get(user=account).confirmed
    assert Event.objects.get(account_id=account.pk).action == "account.created"
    assert sign_in_by_mail(client, account, PASSWORD)["Location"] == "/security/"


def test_phone_registers_by_text(client: Client) -> None:
    client.post(link(client, "+1 415 555 0199"), {"password": PASSWORD})
    account = Account.objects.get()
    assert (account.email, account.phone, SmsDevice.objects.get(user=account).confirmed) == (None, "+14155550199", True)
    client.post("/sign-in/", {"identifier": "+14155550199", "password": PASSWORD})
    device = str(SmsDevice.objects.get(user=account).pk)
    client.post("/sign-in/code/", {"send": device})
    answer = client.post("/sign-in/code/", {"factor": device, "code": last_code(account)})
    assert answer["Location"] == "/security/"


def test_looking_at_the_link_changes_nothing(client: Client) -> None:
    address = link(client)
    pages = [client.get(address) for _turn in range(3)]
    assert [page.status_code for page in pages] == [200] * 3
    assert (house_rules(read(pages[0])), "n•••@example.test" in read(pages[0]).text) == ([], True)
    assert (Account.objects.count(), RegistrationLink.objects.get().used_at) == (0, None)


def test_link_works_once_and_for_half_an_hour(client: Client, now: datetime) -> None:
    late, used = link(client), link(client)
    client.post(used, {"password": PASSWORD})
    clock.set_offset_source(lambda: timedelta(minutes=31))
    for address in (used, late, "/register/made-up/"):
        for answer in (client.get(address), client.post(address, {"password": PASSWORD})):
            assert (answer.status_code, house_rules(read(answer))) == (410, [])
    assert Account.objects.count() == 1
    housekeeping.tidy(clock.now())
    assert RegistrationLink.objects.count() == 0


def test_of_two_links_to_one_address_the_first_makes_the_account(client: Client) -> None:
    first, second = link(client), link(client)
    client.post(first, {"password": PASSWORD})
    assert client.post(second, {"password": PASSWORD}).status_code == 410
    assert Account.objects.count() == 1


def test_race_of_one_link_makes_one_account(client: Client, now: datetime) -> None:
    token = link(client).split("/")[2]
    results = race(8, lambda: registration.register(token, password=PASSWORD, now=now))
    assert [type(found) for found in results].count(LinkGone) == 7
    assert (Account.objects.count(), Event.objects.count()) == (1, 1)


def test_race_of_links_to_one_address_makes_one_account(client: Client, now: datetime) -> None:
    tokens = [link(client).split("/")[2] for _turn in range(4)]
    results = race(4, lambda: registration.register(tokens.pop(), password=PASSWORD, now=now))
    assert [type(found) for found in results].count(LinkGone) == 3
    assert (Account.objects.count(), Event.objects.count()) == (1, 1)


@pytest.mark.row("N01")
def test_weak_password_leaves_the_link_alive(client: Client) -> None:
    address = link(client)
    for password, words in (("short", "at least 12"), ("Northbank-2026", "easy to guess"), ("", "Choose a")):
        answer = client.post(address, {"password": password})
        assert (answer.status_code, words in read(answer).text) == (422, True)
        assert [field.get("value") for field in read(answer).every("input") if field["name"] == "password"] == [None]
    assert client.post(address, {"password": PASSWORD}).status_code == 302


@pytest.mark.row("M01")
@pytest.mark.parametrize("status", [AccountStatus.ACTIVE, AccountStatus.FROZEN, AccountStatus.DISABLED])
def test_inbox_of_an_account_learns_how_to_sign_in(client: Client, status: AccountStatus) -> None:
    make_account("ana", status=status)
    words = asked(client, "ana@example.test")
    assert words is not None
    assert "You have an account already." in words
    assert "https://portal.example.test/password-reset/" in words
    assert RegistrationLink.objects.count() == 0


def test_blocked_address_learns_its_date_in_its_inbox_only(client: Client, blocked_until: datetime) -> None:
    words = asked(client)
    assert words is not None
    assert f"{blocked_until:%b %Y}" in words
    assert "not long ago" in words
    assert blocked_until.strftime("%b %Y") not in read(client.get("/register/sent/")).text
    assert RegistrationLink.objects.count() == 0


def test_address_blocked_for_ever_learns_no_date(client: Client, now: datetime) -> None:
    for kind, typed in ((IdentifierKind.EMAIL, MAIL), (IdentifierKind.PHONE, "+14155550199")):
        key = block(kind, typed, now=now, review_every=timedelta(days=365))
        block_review.keep_for_ever(
            key, actor=Actor.staff(make_staff(f"olga{kind}", Role.COMPLIANCE)), reason="Fraud.", now=now
        )
        words = asked(client, typed)
        assert words is not None
        assert ("You cannot register with it" in words or "you cannot register with this number" in words) is True
        assert ("9999" in words, "after" in words) == (False, False)
    assert RegistrationLink.objects.count() == 0


def test_address_blocked_meanwhile_registers_nobody(client: Client, now: datetime) -> None:
    address = link(client)
    block(IdentifierKind.EMAIL, MAIL, now=now)
    assert client.post(address, {"password": PASSWORD}).status_code == 410
    assert Account.objects.count() == 0


@pytest.mark.row("G08")
def test_block_that_is_over_blocks_nobody(client: Client, now: datetime) -> None:
    block(IdentifierKind.EMAIL, MAIL, now=now - timedelta(days=31), until=now - timedelta(microseconds=1))
    client.post(link(client), {"password": PASSWORD})
    assert Account.objects.count() == 1


def test_staff_are_told_nothing_and_get_no_second_account(client: Client) -> None:
    make_staff("sam")
    assert asked(client, "sam@staff.example.test") is None


def test_message_that_waited_too_long_is_not_sent(client: Client) -> None:
    client.post("/register/", {"identifier": MAIL})
    clock.set_offset_source(lambda: timedelta(minutes=31))
    assert received("registration") is None


def test_what_is_no_address_is_said_beside_the_field(client: Client) -> None:
    for typed in ("", "ana", "+1", "ana@"):
        answer = client.post("/register/", {"identifier": typed})
        assert (answer.status_code, house_rules(read(answer))) == (422, [])
    assert OutboxMessage.objects.count() == 0


def test_pages_keep_the_rules_of_the_house(client: Client) -> None:
    for address in ("/register/", "/register/sent/"):
        assert house_rules(read(client.get(address))) == []


def test_rows_hold_no_address_in_plain(client: Client) -> None:
    token = link(client).split("/")[2]
    row = RegistrationLink.objects.values().get()
    held = " ".join(str(bytes(value) if isinstance(value, bytes | memoryview) else value) for value in row.values())
    assert ("new@" in held, token in held) == (False, False)
