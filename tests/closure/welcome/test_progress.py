"""The list: what the account shows by itself, what its owner says, what the core must confirm; kept, and ended once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts import passwords
from accounts.models import Account, Event, TotpDevice
from closure.dormancy.activity import Seen, seen
from closure.enums import WelcomeTask
from closure.exceptions import CoreAway
from closure.exchange.ledger.models import LedgerApiKey, LedgerHolding
from closure.operations import whitelist
from closure.welcome import gate, progress
from closure.welcome.progress import NotYet, finish, review
from tests.closure.clearing import hold
from tests.closure.scenes import SYSTEM
from tests.closure.welcome.returning import AWAY, DORMANT, choose, left, returned, row_of, sleeping, wake
from tests.factories import make_account

pytestmark = pytest.mark.django_db(transaction=True)
T = WelcomeTask
KEY = {"label": "bot", "key_id": "k-1", "scopes": ["read"], "last_used": None}


def events(account: Account) -> list[str]:
    found = Event.objects.filter(account_id=account.pk, action__startswith="welcome_back.").order_by("id")
    return [action.removeprefix("welcome_back.") for action in found.values_list("action", flat=True)]


@pytest.mark.row("N01", "N03", "N04")
def test_account_shows_password_authenticator_and_words_by_itself(now: datetime) -> None:
    ana = returned(now=now, totp=False)
    before = {"password", "authenticator", "words"}
    assert before <= set(left(ana))
    TotpDevice.objects.create(user=ana, confirmed=False, created_at=now, secret=b"")
    assert before <= set(left(ana))
    choose(ana, now=now)
    assert before - set(left(ana)) == {"password"}
    TotpDevice.objects.update(confirmed=True)
    Account.objects.filter(pk=ana.pk).update(anti_phishing_code="blue harbor")
    ana.refresh_from_db()
    assert before & set(left(ana)) == set()
    for task in (T.PASSWORD, T.AUTHENTICATOR, T.WORDS):
        with pytest.raises(NotYet):
            review(ana, task, now=now)


@pytest.mark.row("N01")
def test_password_changed_in_the_last_session_is_not_new(now: datetime) -> None:
    ana = sleeping(now=now)
    choose(ana, now=now - AWAY + timedelta(minutes=5))
    wake(ana, now=now)
    assert "password" in left(ana)
    choose(ana, "third-Goose-5-lantern!", now=now)
    assert "password" not in left(ana)


@pytest.mark.row("N01", "J03")
@pytest.mark.parametrize(("before", "new"), [(timedelta(minutes=5), True), (DORMANT, True), (AWAY / 2, False)])
def test_password_that_was_reset_to_come_back_is_new(before: timedelta, new: bool, now: datetime) -> None:
    ana = sleeping(now=now)
    choose(ana, now=now - before)
    wake(ana, now=now)
    assert ("password" not in left(ana)) is new


@pytest.mark.row("N01")
def test_password_that_died_on_the_list_is_to_be_chosen_again(now: datetime) -> None:
    ana = returned(now=now)
    choose(ana, now=now)
    with transaction.atomic():
        passwords.kill(Account.objects.select_for_update().get(pk=ana.pk), now=now)
    ana.refresh_from_db()
    assert "password" in left(ana)


@pytest.mark.row("I07")
def test_trades_of_a_program_are_no_visit_of_the_owner(now: datetime) -> None:
    ana = sleeping(now=now)
    for days in (200, 30, 2):
        assert seen(ana.pk, at=now - timedelta(days=days), now=now) is Seen.NOTED
    ana.refresh_from_db()
    assert (ana.status, ana.last_active_at) == ("dormant", now - timedelta(days=2))
    wake(ana, now=now)
    assert (row_of(ana).away_since, ana.last_active_at, ana.last_here_at) == (now - AWAY, now, None)


@pytest.mark.row("J06", "N02", "N06")
def test_owner_says_what_was_looked_through_once(now: datetime) -> None:
    ana = returned(now=now)
    for _twice in range(2):
        for task in (T.WALLETS, T.CONTACTS, T.DEVICES):
            review(ana, task, now=now)
    assert {"wallets", "contacts", "devices"} & set(left(ana)) == set()
    assert events(ana) == ["begun", "reviewed", "reviewed", "reviewed"]


@pytest.mark.row("N05", "N07")
def test_core_must_confirm_whitelist_and_keys(now: datetime) -> None:
    ana = returned(now=now)
    hold(ana, api_keys=[KEY])
    for task in (T.WHITELIST, T.API_KEYS):
        with pytest.raises(NotYet):
            review(ana, task, now=now)
    whitelist.turn_on(ana, now=now)
    LedgerApiKey.objects.update(revoked=True)
    for task in (T.WHITELIST, T.API_KEYS):
        review(ana, task, now=now)
    assert {"whitelist", "api_keys"} & set(left(ana)) == set()


@pytest.mark.row("J06")
def test_what_cannot_be_read_is_not_looked_through(now: datetime) -> None:
    ana = returned(now=now)
    LedgerHolding.objects.create(account_id=ana.pk, area="spot", asset="BTC", amount="a lot")
    with pytest.raises(CoreAway):
        review(ana, T.WALLETS, now=now)
    assert "wallets" in left(ana)


@pytest.mark.row("I05")
def test_list_ends_by_its_owner_when_all_is_done_and_stays_ended(now: datetime) -> None:
    ana = returned(now=now)
    with pytest.raises(NotYet):
        finish(ana, now=now)
    everything = {task.value: now.isoformat() for task in T}
    row = row_of(ana)
    row.reviewed = everything
    row.save(update_fields=["reviewed"])
    for _twice in range(2):
        finish(ana, now=now)
    assert (gate.standing(ana.pk), row_of(ana).finished_at, events(ana)) == (None, now, ["begun", "finished"])
    TotpDevice.objects.all().delete()
    assert gate.standing(ana.pk) is None


def test_list_that_is_advice_is_put_away_when_its_owner_likes(now: datetime, settings: Any) -> None:
    settings.PORTAL_POLICY = "binance"
    ana = returned(now=now)
    assert left(ana) != []
    finish(ana, now=now)
    assert gate.standing(ana.pk) is None


def test_somebody_who_left_it_unfinished_begins_anew(now: datetime, settings: Any) -> None:
    ana = returned(now=now)
    review(ana, T.CONTACTS, now=now)
    settings.PORTAL_POLICY = "binance"
    ana.refresh_from_db()
    with transaction.atomic():
        progress.begin(ana, away_since=now, password_since=now, actor=SYSTEM, now=now + timedelta(days=800))
    row = row_of(ana)
    assert (row.reviewed, row.mandatory, row.began_at) == ({}, False, now + timedelta(days=800))
    assert row.away_since == now


def test_without_a_list_nothing_is_noted(now: datetime) -> None:
    ben = make_account("ben")
    review(ben, T.CONTACTS, now=now)
    finish(ben, now=now)
    assert events(ben) == []
