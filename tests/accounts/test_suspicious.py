"""A sign-in from somewhere new is told, and "this was not me" locks the account, by POST alone (M04, L05)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts import suspicious
from accounts.actors import Actor
from accounts.cases import UnknownCase
from accounts.enums import AccountStatus, RestrictionKind, Role
from accounts.exceptions import NotAllowed, ReasonRequired, SecondPersonRequired
from accounts.models import Account, Case, Event, MailedLink, OutboxMessage, Session, SignIn
from accounts.restrictions import active
from tests.console import console
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.links import received, token_in
from tests.outbox import messages, opened
from tests.pages import house_rules, read, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEWER = FIREFOX.replace("140", "141")
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Mobile Safari/604.1"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def signed_in(account: Account, agent: str = FIREFOX, address: str = "203.0.113.77") -> Client:
    """Sign in with this browser from this address."""
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    assert sign_in(client, str(account.email or account.phone), PASSWORD, totp_code(account)).status_code == 302
    return client


def told(account: Account) -> int:
    return len(messages(account, template="new_sign_in"))


@pytest.mark.row("M04")
def test_only_what_is_new_is_told(ana: Account) -> None:
    seen = []
    for agent, address in (
        (FIREFOX, "203.0.113.77"),
        (NEWER, "203.0.113.78"),
        (FIREFOX, "203.0.99.1"),
        (SAFARI, "203.0.113.77"),
        (FIREFOX, "198.51.100.1"),
        (FIREFOX, "203.0.113.77"),
    ):
        signed_in(ana, agent, address)
        seen.append(told(ana))
    assert seen == [1, 1, 1, 2, 3, 3]


@pytest.mark.row("M04")
def test_mail_says_when_with_what_and_from_where(ana: Account) -> None:
    signed_in(ana)
    message = messages(ana, template="new_sign_in")[0]
    assert (message.channel, opened(message).to) == ("email", "ana@example.test")
    words = received("new_sign_in")
    assert words is not None
    assert "Firefox, Linux" in words.text
    assert "203.0.0.0/16" in words.text
    assert SignIn.objects.get().at.strftime("%H:%M UTC") in words.text
    assert f"https://portal.example.test/stop/{token_in(words)}/" in words.text


@pytest.mark.row("M04")
def test_who_has_no_mail_gets_a_text() -> None:
    bea = make_account("bea", email=None)
    signed_in(bea)
    assert [message.channel for message in messages(bea, template="new_sign_in")] == ["sms"]
    words = received("new_sign_in")
    assert words is not None
    assert token_in(words) in words.text


def test_device_is_a_digest_of_one_account(ana: Account) -> None:
    bea = make_account("bea")
    facts = ("Firefox", "Linux", "203.0.0.0/16")
    assert (
        len({suspicious.device(ana, *facts), suspicious.device(bea, *facts), suspicious.device(ana, *facts[:2])}) == 3
    )


def test_device_known_under_an_older_key_is_known(ana: Account, settings: Any) -> None:
    signed_in(ana)
    ring = settings.FINGERPRINT_KEYS
    settings.FINGERPRINT_KEYS = type(ring)(keys=((2, b"n" * 32), *ring.keys))
    assert not suspicious.is_new(ana, "Firefox", "Linux", "203.0.0.0/16")
    assert suspicious.is_new(ana, "Firefox", "Windows", "203.0.0.0/16")


@pytest.mark.row("L05", "M04")
def test_not_me_locks_the_account_ends_sessions_and_calls_staff(ana: Account, now: datetime) -> None:
    make_staff("sam", Role.AGENT)
    olga = make_staff("olga", Role.COMPLIANCE)
    thief = signed_in(ana)
    token = token_in(received("new_sign_in"))
    visitor = Client()
    assert visitor.post(f"/stop/{token}/").status_code == 302
    ana.refresh_from_db()
    assert ana.status == AccountStatus.DISABLED
    assert [each.kind for each in active(ana.pk)] == [RestrictionKind.SECURITY_INVESTIGATION]
    assert Session.objects.filter(account_id=ana.pk).count() == 0
    assert thief.get("/security/").status_code == 302
    case = Case.objects.get()
    assert (case.kind, case.account_id) == ("suspicious_sign_in", ana.pk)
    officers = OutboxMessage.objects.exclude(account_id=ana.pk).values_list("account_id", flat=True)
    assert set(officers) == {olga.pk}
    assert Event.objects.filter(action="link.used", account_id=ana.pk, actor=f"link:{ana.pk}").count() == 1


@pytest.mark.row("L05")
def test_password_is_dead_until_it_is_reset(ana: Account, client: Client) -> None:
    signed_in(ana)
    Client().post(f"/stop/{token_in(received('new_sign_in'))}/")
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.ACTIVE)
    assert client.post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD}).status_code == 422
    ana.refresh_from_db()
    assert not ana.has_usable_password()


@pytest.mark.row("L05")
def test_link_works_by_post_alone_and_once(ana: Account) -> None:
    signed_in(ana)
    address = f"/stop/{token_in(received('new_sign_in'))}/"
    for _turn in range(3):
        page = Client().get(address)
        assert (page.status_code, house_rules(read(page))) == (200, [])
    ana.refresh_from_db()
    assert (ana.status, MailedLink.objects.get().used_at) == (AccountStatus.ACTIVE, None)
    assert Client().post(address).status_code == 302
    assert [Client().post(address).status_code, Client().get(address).status_code] == [410, 410]
    assert Case.objects.count() == 1


@pytest.mark.row("L05")
def test_link_lives_three_days(ana: Account, advance: Callable[..., datetime]) -> None:
    signed_in(ana)
    address = f"/stop/{token_in(received('new_sign_in'))}/"
    advance(hours=71, minutes=59)
    assert Client().get(address).status_code == 200
    advance(minutes=2)
    assert Client().post(address).status_code == 410
    ana.refresh_from_db()
    assert ana.status == AccountStatus.ACTIVE


def test_strangers_who_guess_do_not_block_the_link(ana: Account, settings: Any) -> None:
    settings.TRIES_PER_ADDRESS = 3
    signed_in(ana)
    address = f"/stop/{token_in(received('new_sign_in'))}/"
    visitor = Client()
    for number in range(10):
        assert visitor.post(f"/stop/{'x' * 42}{number}/").status_code == 410
    assert visitor.post(address).status_code == 302


def test_closed_account_is_left_alone(ana: Account) -> None:
    signed_in(ana)
    address = f"/stop/{token_in(received('new_sign_in'))}/"
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.CLOSED)
    assert Client().post(address).status_code == 410
    assert Case.objects.count() == 0


def test_forgotten_sign_in_is_told_to_nobody(ana: Account) -> None:
    signed_in(ana)
    SignIn.objects.all().delete()
    assert received("new_sign_in") is None


def test_long_after_it_is_read_the_link_counts_from_its_making(ana: Account, now: datetime) -> None:
    signed_in(ana)
    received("new_sign_in")
    link = MailedLink.objects.get()
    assert link.expires_at is not None
    assert link.expires_at - link.created_at == timedelta(hours=72)


@pytest.mark.row("L05")
def test_staff_take_a_report_on_the_page_of_the_account(ana: Account) -> None:
    owner, olga = signed_in(ana), make_staff("olga", Role.COMPLIANCE)
    sam, place = console(make_staff("sam")), f"/staff/accounts/account/{ana.pk}/"
    assert "fraud alert stops trading" in read(sam.get(place)).text
    assert (sam.get(f"{place}report/").status_code, sam.post(f"{place}report/", {"reason": " "}).status_code) == (
        405,
        422,
    )
    answer = sam.post(f"{place}report/", {"reason": "She called: not her phone."})
    case = Case.objects.get()
    assert (answer["Location"], case.kind) == (f"/staff/accounts/case/{case.pk}/", "suspicious_sign_in")
    ana.refresh_from_db()
    # A call locks nobody out: that takes the link that only the owner has.
    assert ([each.kind for each in active(ana.pk)], ana.status) == (["fraud_alert"], AccountStatus.ACTIVE)
    assert (owner.get("/security/").status_code, Session.objects.filter(account_id=ana.pk).count()) == (302, 0)
    assert [opened(each).context["reference"] for each in messages(ana, template="case_opened")] == [case.reference] * 2
    assert len(messages(olga, template="staff_report")) == 1
    again = read(sam.post(f"{place}report/", {"reason": "She called again."}, follow=True)).text
    assert ("a fraud alert stands" in again, Case.objects.count(), len(active(ana.pk))) == (True, 2, 1)


@pytest.mark.row("L05")
def test_report_is_taken_by_staff_about_customers_alone(ana: Account, now: datetime) -> None:
    sam, ada = make_staff("sam"), make_staff("ada", Role.AUDITOR)
    closed = make_account("ben", status=AccountStatus.CLOSED)
    wrong: list[tuple[type[Exception], UUID, Account, str]] = [
        (NotAllowed, ana.pk, ada, "x"),
        (ReasonRequired, ana.pk, sam, " "),
        (SecondPersonRequired, sam.pk, sam, "x"),
        (UnknownCase, ada.pk, sam, "x"),
        (UnknownCase, closed.pk, sam, "x"),
    ]
    for error, about, who, reason in wrong:
        with pytest.raises(error):
            suspicious.take_report(about, actor=Actor.staff(who), reason=reason, now=now)
    assert (Case.objects.count(), active(ana.pk)) == (0, [])
