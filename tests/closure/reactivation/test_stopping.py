"""The link for whoever did not ask to reactivate the account (J07, M04)."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from accounts.enums import AccountStatus, RestrictionKind
from accounts.models import Account, Case, Event, MailedLink, Restriction
from closure.enums import ReactivationState
from closure.operations import reactivate
from closure.reactivation import lifecycle
from tests.closure.reactivating import disabled, make_reactivation, me
from tests.factories import PASSWORD
from tests.links import received, token_in
from tests.pages import house_rules, read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("J07", "M04")]


@pytest.fixture
def ana(now: datetime) -> Account:
    return disabled("ana", now=now)


def started(account: Account, now: datetime) -> str:
    lifecycle.start(account.pk, actor=me(account), now=now)
    return token_in(received("reactivation_started"))


def test_every_contact_can_stop_it_when_it_begins_and_when_it_is_handed_in(ana: Account, now: datetime) -> None:
    lifecycle.start(ana.pk, actor=me(ana), now=now)
    stops = [received("reactivation_started") for _contact in range(2)]
    ana.reactivations.all().delete()
    reactivate.submit(make_reactivation(ana, ReactivationState.DRAFT, now=now).pk, actor=me(ana), now=now)
    stops += [received("reactivation_submitted") for _contact in range(2)]
    assert ["/stop/" in words.text for words in stops if words is not None] == [True] * 4
    links = MailedLink.objects.filter(purpose="stop_reactivate", account_id=ana.pk)
    assert sorted(links.values_list("channel", flat=True)) == ["email", "email", "sms", "sms"]


def test_link_calls_staff_and_keeps_the_account_disabled(ana: Account, now: datetime, client: Client) -> None:
    token = started(ana, now)
    page = read(client.get(f"/stop/{token}/"))
    assert (house_rules(page), "Somebody asks us to reactivate your account." in page.text) == ([], True)
    assert Restriction.objects.count() == 0
    assert client.post(f"/stop/{token}/")["Location"] == "/security/locked/"
    ana.refresh_from_db()
    assert (ana.status, ana.check_password(PASSWORD)) == (AccountStatus.DISABLED, False)
    assert [each.kind for each in Restriction.objects.all()] == [RestrictionKind.SECURITY_INVESTIGATION]
    assert [each.kind for each in Case.objects.order_by("id")] == ["reactivation", "suspicious_sign_in"]
    assert Event.objects.filter(account_id=ana.pk, action="link.used").count() == 1
    assert client.post(f"/stop/{token}/").status_code == 410


def test_link_locks_an_account_that_came_back_meanwhile(ana: Account, now: datetime, client: Client) -> None:
    token = started(ana, now)
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.ACTIVE)
    client.post(f"/stop/{token}/")
    ana.refresh_from_db()
    assert ana.status == AccountStatus.DISABLED


def test_link_is_over_after_three_days_and_does_nothing_to_a_closed_account(
    ana: Account, now: datetime, client: Client, advance: Callable[..., datetime]
) -> None:
    token = started(ana, now)
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.CLOSED)
    assert client.post(f"/stop/{token}/").status_code == 410
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.DISABLED)
    advance(hours=72)
    assert client.post(f"/stop/{token}/").status_code == 410
    assert MailedLink.objects.filter(used_at=None).count() == 1
