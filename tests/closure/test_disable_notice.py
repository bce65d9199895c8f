"""What the owner of a disabled account is told, and the link for whoever did not disable it (E06, M04)."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction
from django.test import Client

from accounts.enums import AccountStatus, RestrictionKind
from accounts.models import Account, Case, Event, MailedLink, Restriction
from closure import disable_notice
from tests.factories import PASSWORD, make_account
from tests.links import received, token_in
from tests.outbox import messages
from tests.pages import house_rules, read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("E06", "M04")]


@pytest.fixture
def ana() -> Account:
    return make_account("ana", status=AccountStatus.DISABLED)


def link(account: Account, now: datetime) -> str:
    """Return the token that the mail brings."""
    with transaction.atomic():
        disable_notice.tell(account, now=now)
    return token_in(received("account_disabled"))


def test_every_contact_is_told_how_it_comes_back(ana: Account, now: datetime) -> None:
    with transaction.atomic():
        disable_notice.tell(ana, now=now)
    assert sorted(each.channel for each in messages(ana)) == ["email", "sms"]
    for _message in range(2):
        words = received("account_disabled")
        assert words is not None
        assert ("/reactivate/" in words.text, "/stop/" in words.text) == (True, True)


def test_link_keeps_it_disabled_and_calls_staff(ana: Account, now: datetime, client: Client) -> None:
    token = link(ana, now)
    page = read(client.get(f"/stop/{token}/"))
    assert (house_rules(page), "Somebody disabled your account." in page.text) == ([], True)
    assert Case.objects.count() == 0
    assert client.post(f"/stop/{token}/")["Location"] == "/security/locked/"
    ana.refresh_from_db()
    assert (ana.status, ana.check_password(PASSWORD)) == (AccountStatus.DISABLED, False)
    assert [each.kind for each in Restriction.objects.all()] == [RestrictionKind.SECURITY_INVESTIGATION]
    assert [each.kind for each in Case.objects.all()] == ["suspicious_sign_in"]
    assert Event.objects.filter(account_id=ana.pk, action="link.used").count() == 1
    assert client.post(f"/stop/{token}/").status_code == 410


def test_link_locks_an_account_that_came_back_meanwhile(ana: Account, now: datetime, client: Client) -> None:
    token = link(ana, now)
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.ACTIVE)
    client.post(f"/stop/{token}/")
    ana.refresh_from_db()
    assert ana.status == AccountStatus.DISABLED


def test_link_is_over_after_three_days_and_does_nothing_to_a_closed_account(
    ana: Account, now: datetime, client: Client, advance: Callable[..., datetime]
) -> None:
    token = link(ana, now)
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.CLOSED)
    assert client.post(f"/stop/{token}/").status_code == 410
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.DISABLED)
    advance(hours=72)
    assert client.post(f"/stop/{token}/").status_code == 410
    assert MailedLink.objects.filter(used_at=None).count() == 1
