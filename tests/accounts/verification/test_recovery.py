"""A forgotten password: what the link does, what it does not do alone, and what holds afterwards (J03)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client

from accounts import clock
from accounts.enums import AccountStatus, FactorKind, Purpose
from accounts.messages import payload
from accounts.models import (
    Account,
    EmailDevice,
    Event,
    MailedLink,
    OutboxMessage,
    Session,
    SmsDevice,
    StepUp,
    TotpDevice,
)
from accounts.verification import changes, recovery, step_up
from accounts.verification import sign_in as ceremony
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.links import received, token_in
from tests.outbox import messages
from tests.pages import house_rules, last_code, read, sign_in, sign_in_by_mail, without_csrf
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)

NEXT = "Blue-7-lamp-over-water"
MAIL = "ana@example.test"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def asked(client: Client, identifier: str = MAIL) -> str | None:
    """Ask by the page; return the words of the message, None where nothing is sent."""
    answer = client.post("/password-reset/", {"identifier": identifier})
    assert (answer.status_code, answer["Location"]) == (302, "/password-reset/sent/")
    words = received("password_reset")
    return words.text if words else None


def link(client: Client, identifier: str = MAIL) -> str:
    client.post("/password-reset/", {"identifier": identifier})
    return f"/password-reset/{token_in(received('password_reset'))}/"


def totp_of(account: Account) -> dict[str, str]:
    """Return the authenticator's field, filled in."""
    return {str(TotpDevice.objects.get(user=account).pk): totp_code(account)}


def reset(client: Client, account: Account, identifier: str = MAIL, password: str = NEXT) -> Any:
    """Reset by the pages, with the authenticator where there is one."""
    code = totp_of(account) if TotpDevice.objects.filter(user=account).exists() else {}
    return client.post(link(client, identifier), {"password": password, **code})


def fields(page: Any) -> set[str]:
    """Return what a form asks for, beside the token."""
    return {each["name"] for each in read(page).every("input")} - {"csrfmiddlewaretoken", "send"}


@pytest.mark.row("J03")
def test_reset_takes_the_password_ends_sessions_and_tells_everybody(
    client: Client, ana: Account, now: datetime
) -> None:
    thief = Client()
    sign_in(thief, MAIL, PASSWORD, totp_code(ana))
    OutboxMessage.objects.all().delete()
    answer = reset(client, ana)
    assert answer["Location"] == "/password-reset/done/"
    ana.refresh_from_db()
    assert check_password(NEXT, ana.password)
    assert thief.get("/security/").status_code == 302
    assert Session.objects.filter(account_id=ana.pk).count() == 0
    told = messages(ana, template="password_was_reset")
    assert [message.channel for message in told] == ["email", "sms"]
    event = Event.objects.get(action="password.reset")
    assert (event.account_id, event.actor) == (ana.pk, f"link:{ana.pk}")
    assert client.post("/sign-in/", {"identifier": MAIL, "password": PASSWORD}).status_code == 422
    assert sign_in(client, MAIL, NEXT, totp_code(ana))["Location"] == "/security/"


@pytest.mark.row("J03")
def test_withdrawals_are_held_and_the_page_says_until_when(client: Client, ana: Account, now: datetime) -> None:
    reset(client, ana)
    ana.refresh_from_db()
    held = ana.withdrawals_held_until
    assert held is not None
    assert timedelta(0) <= held - now - timedelta(hours=48) < timedelta(minutes=5)
    page = client.get("/password-reset/done/")
    assert (house_rules(read(page)), [each["datetime"] for each in read(page).every("time")]) == (
        [],
        [held.isoformat(timespec="seconds")],
    )
    assert Client().get("/password-reset/done/")["Location"] == "/sign-in/"


@pytest.mark.row("J03")
def test_security_says_what_is_held_back_and_until_when(client: Client, ana: Account, advance: Any) -> None:
    reset(client, ana)
    sign_in(client, MAIL, NEXT, totp_code(ana))
    ana.refresh_from_db()
    held = ana.withdrawals_held_until
    assert held is not None
    words = read(client.get("/security/")).text
    assert f"Withdrawals are held until {held.day} {held:%b %Y, %H:%M} UTC." in words
    assert "is no factor until" in words
    advance(hours=49)
    sign_in(client, MAIL, NEXT, totp_code(ana))
    words = read(client.get("/security/")).text
    assert ("held until" in words, "no factor until" in words) == (False, False)


@pytest.mark.row("J03")
def test_policy_says_how_long_and_a_longer_hold_stays(
    client: Client, ana: Account, settings: Any, now: datetime
) -> None:
    settings.PORTAL_POLICY = "binance"
    reset(client, ana)
    ana.refresh_from_db()
    held = ana.withdrawals_held_until
    assert held is not None
    assert timedelta(0) <= held - now - timedelta(hours=24) < timedelta(minutes=5)
    Account.objects.filter(pk=ana.pk).update(withdrawals_held_until=now + timedelta(days=9))
    reset(client, ana, password="Green-8-chair-under-fire")
    ana.refresh_from_db()
    assert ana.withdrawals_held_until == now + timedelta(days=9)


@pytest.mark.row("J03")
def test_mailbox_alone_resets_nothing_where_another_factor_is_enrolled(client: Client, ana: Account) -> None:
    address = link(client)
    page = client.get(address)
    offered = {str(TotpDevice.objects.get(user=ana).pk), str(SmsDevice.objects.get(user=ana).pk)}
    assert (fields(page), house_rules(read(page))) == ({"password", *offered}, [])
    mail = str(EmailDevice.objects.get(user=ana).pk)
    client.post(address, {"send": mail})
    tries: list[dict[str, str]] = [{}, dict.fromkeys(offered, "000000"), {mail: "123456"}, {"backup": "ABCDE-ABCDE"}]
    for given in tries:
        assert client.post(address, {"password": NEXT, **given}).status_code == 422
    ana.refresh_from_db()
    assert check_password(PASSWORD, ana.password)
    assert (messages(ana), MailedLink.objects.get().used_at) == ([], None)


@pytest.mark.row("J03")
def test_phone_alone_resets_nothing_either(client: Client) -> None:
    bea = make_account("bea", totp=False)
    address = link(client, str(bea.phone))
    mail = str(EmailDevice.objects.get(user=bea).pk)
    assert fields(client.get(address)) == {"password", mail}
    assert client.post(address, {"password": NEXT}).status_code == 422
    client.post(address, {"send": mail})
    assert client.post(address, {"password": NEXT, mail: last_code(bea)})["Location"] == "/password-reset/done/"
    phone = SmsDevice.objects.get(user=bea)
    assert (phone.barred_until is not None, EmailDevice.objects.get(user=bea).barred_until) == (True, None)


@pytest.mark.row("J03")
def test_channel_that_reset_is_no_factor_for_two_days(
    client: Client, ana: Account, now: datetime, advance: Any
) -> None:
    reset(client, ana)
    everything = frozenset({FactorKind.EMAIL, FactorKind.SMS, FactorKind.TOTP})

    def counted(purpose: Purpose) -> list[str]:
        begun = step_up.begin(
            ana,
            purpose=purpose,
            digest=b"x" * 32,
            kinds=everything,
            needed=1,
            second_factor_required=False,
            window=timedelta(minutes=10),
            extensions=0,
            now=clock.now(),
        )
        return [factor.kind.value for factor in step_up.factors(begun)]

    purposes = (Purpose.SIGN_IN, Purpose.CLOSE_ACCOUNT, Purpose.CANCEL_CLOSURE, Purpose.CHANGE_PASSWORD)
    assert [counted(purpose) for purpose in purposes] == [["sms", "totp"]] * 4
    advance(hours=47, minutes=59)
    assert counted(Purpose.CLOSE_ACCOUNT) == ["sms", "totp"]
    advance(minutes=2)
    assert [counted(purpose) for purpose in purposes] == [["email", "sms", "totp"]] * 4


@pytest.mark.row("J03")
def test_account_with_nothing_else_signs_in_and_proves_nothing(client: Client) -> None:
    bea = make_account("bea", phone=None, totp=False)
    assert reset(client, bea, "bea@example.test")["Location"] == "/password-reset/done/"
    assert "For 48 hours you can sign in." in read(client.get("/password-reset/done/")).text
    assert recovery.is_weak(bea)
    assert sign_in_by_mail(client, bea, NEXT)["Location"] == "/security/"
    begun = changes.begin(bea, Purpose.ENROLL_FACTOR, FactorKind.TOTP, now=clock.now())
    assert step_up.factors(begun) == []
    page = client.post("/security/password/", {"begin": "1"}, follow=True)
    assert "None of your factors can be used for this now." in read(page).text


@pytest.mark.row("J03")
def test_hold_of_an_account_with_nothing_else_is_never_shorter(client: Client, settings: Any, now: datetime) -> None:
    settings.PORTAL_POLICY = "binance"
    bea = make_account("bea", phone=None, totp=False)
    reset(client, bea, "bea@example.test")
    bea.refresh_from_db()
    assert bea.withdrawals_held_until is not None
    assert bea.withdrawals_held_until - now >= timedelta(hours=48)


@pytest.mark.row("J03")
def test_second_reset_by_the_other_contact_waits_for_the_first(client: Client) -> None:
    bea = make_account("bea", totp=False)
    address, phone = link(client, "bea@example.test"), str(SmsDevice.objects.get(user=bea).pk)
    client.post(address, {"send": phone})
    client.post(address, {"password": NEXT, phone: last_code(bea)})
    other = link(client, str(bea.phone))
    page = read(client.get(other))
    assert ("does not count" in page.text, page.every("input")) == (True, [])
    refused = client.post(other, {"password": "Green-8-chair-under-fire"})
    bea.refresh_from_db()
    assert (refused.status_code, check_password(NEXT, bea.password)) == (422, True)


@pytest.mark.row("J03", "M01")
@pytest.mark.parametrize(
    ("status", "way"), [(AccountStatus.FROZEN, "/status/"), (AccountStatus.DISABLED, "/reactivate/")]
)
def test_frozen_and_disabled_learn_the_way_in_their_inbox(client: Client, status: AccountStatus, way: str) -> None:
    bea = make_account("bea", status=status)
    words = asked(client, "bea@example.test")
    assert words is not None
    assert f"https://portal.example.test{way}" in words
    assert "/password-reset/" not in words
    bea.refresh_from_db()
    assert (MailedLink.objects.count(), check_password(PASSWORD, bea.password)) == (0, True)


@pytest.mark.row("M01")
def test_nobody_staff_and_closed_are_sent_nothing(client: Client) -> None:
    make_staff("sam")
    make_account("cid", status=AccountStatus.CLOSED)
    for identifier in ("nobody@example.test", "sam@staff.example.test", "cid@example.test", "+14155559999"):
        assert asked(client, identifier) is None
    assert MailedLink.objects.count() == 0


def test_looking_at_the_link_changes_nothing(client: Client, ana: Account) -> None:
    address = link(client)
    assert [client.get(address).status_code for _turn in range(3)] == [200] * 3
    assert (StepUp.objects.count(), MailedLink.objects.get().used_at, messages(ana)) == (0, None, [])


def test_link_works_once_and_for_a_quarter_of_an_hour(
    client: Client, ana: Account, advance: Callable[..., Any]
) -> None:
    first, second = link(client), link(client)
    client.post(first, {"password": NEXT, **totp_of(ana)})
    third = link(client)
    advance(minutes=15)
    answers: list[Any] = [client.get(address) for address in (first, second, third, "/password-reset/made-up/")]
    assert [answer.status_code for answer in answers] == [410] * 4
    assert len({without_csrf(answer) for answer in answers}) == 1
    refused = client.post(third, {"password": "Green-8-chair-under-fire", **totp_of(ana)})
    ana.refresh_from_db()
    assert (refused.status_code, check_password(NEXT, ana.password)) == (410, True)


def test_race_of_one_link_resets_once(client: Client) -> None:
    bea = make_account("bea", phone=None, totp=False)
    token, now = link(client, "bea@example.test").split("/")[2], clock.now()
    results = race(8, lambda: recovery.reset_password(token, password=NEXT, now=now))
    assert sum(isinstance(found, Account) for found in results) == 1
    assert Event.objects.filter(action="password.reset").count() == 1
    assert bea.passwords_used.count() == 1


def test_one_reset_ends_every_other_link(client: Client, ana: Account) -> None:
    other = link(client)
    reset(client, ana)
    assert client.get(other).status_code == 410


def test_freezing_meanwhile_ends_the_link(client: Client, ana: Account) -> None:
    address = link(client)
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.FROZEN)
    assert client.get(address).status_code == 410
    assert client.post(address, {"password": NEXT, **totp_of(ana)}).status_code == 410


@pytest.mark.row("N01")
def test_weak_or_used_password_costs_neither_link_nor_code(client: Client, ana: Account) -> None:
    address = link(client)
    answer = client.post(address, {"password": PASSWORD, **totp_of(ana)})
    assert (answer.status_code, "You used this password here before." in read(answer).text) == (422, True)
    assert (fields(answer), house_rules(read(answer))) == ({"password"}, [])
    assert client.post(address, {"password": "Northbank-2026"}).status_code == 422
    assert client.post(address, {"password": NEXT})["Location"] == "/password-reset/done/"


def test_wrong_code_is_said_beside_its_field(client: Client, ana: Account) -> None:
    address, device = link(client), str(TotpDevice.objects.get(user=ana).pk)
    answer = client.post(address, {"password": NEXT, device: "000000"})
    assert (answer.status_code, "That code is not right" in read(answer).text) == (422, True)
    assert client.post(address, {"password": ""}).status_code == 422
    answers = [client.post(address, {"password": NEXT, device: "000000"}) for _number in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [429]


def test_what_was_verified_before_is_worth_nothing_after(client: Client, ana: Account) -> None:
    begun = ceremony.begin(ana, now=clock.now())
    reset(client, ana)
    begun.refresh_from_db()
    assert begun.replaced_at is not None


def test_message_that_waited_too_long_is_not_sent(client: Client, ana: Account, advance: Callable[..., Any]) -> None:
    client.post("/password-reset/", {"identifier": MAIL})
    advance(minutes=15)
    assert received("password_reset") is None


def test_asking_holds_no_address_of_the_account(client: Client, ana: Account) -> None:
    client.post("/password-reset/", {"identifier": "ANA@example.test"})
    row = OutboxMessage.objects.get()
    said = payload.unseal(bytes(row.payload or b""), row.pk)
    assert (row.account_id, said.to, said.context) == (None, MAIL, {})


def test_pages_keep_the_rules_of_the_house(client: Client) -> None:
    for address in ("/password-reset/", "/password-reset/sent/"):
        assert house_rules(read(client.get(address))) == []
    for typed in ("", "nonsense"):
        assert client.post("/password-reset/", {"identifier": typed}).status_code == 422
