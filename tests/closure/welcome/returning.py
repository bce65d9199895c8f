"""Customers who come back from a dormant account, and what they do on their list."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import activity, dormancy, passwords
from accounts.actors import Actor
from accounts.enums import AccountStatus
from accounts.models import Account
from accounts.status import change_status
from closure.models import WelcomeBack
from closure.welcome import progress
from tests.factories import make_account

AWAY, DORMANT = timedelta(days=900), timedelta(days=170)
NEW = "another-Horse-9-harbor!"


def sleeping(name: str = "ana", *, now: datetime, **fields: Any) -> Account:
    """Make a customer who was last here long ago, and whose account is dormant since a while."""
    times = {"last_active_at": now - AWAY, "status_changed_at": now - DORMANT}
    return make_account(name, **{"status": AccountStatus.DORMANT, **times, **fields})


def wake(account: Account, *, now: datetime) -> None:
    """Wake a dormant account as signing in does."""
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        actor, since, away_since = Actor.customer(locked), locked.status_changed_at, activity.last_here(locked)
        change_status(locked, AccountStatus.ACTIVE, actor=actor, reason="sign_in", now=now)
        activity.here(locked, at=now)
        dormancy.woken(locked, away_since=away_since, dormant_since=since, actor=actor, now=now)
    account.refresh_from_db()


def returned(name: str = "ana", *, now: datetime, **fields: Any) -> Account:
    """Make a customer whose dormant account just woke."""
    account = sleeping(name, now=now, **fields)
    wake(account, now=now)
    return account


def choose(account: Account, password: str = NEW, *, now: datetime) -> None:
    """Give an account a password that its owner chose, by a change or a reset."""
    account.refresh_from_db()
    new = passwords.prepare(account, password, now=now)
    with transaction.atomic():
        passwords.put(Account.objects.select_for_update().get(pk=account.pk), new, now=now)
    account.refresh_from_db()


def row_of(account: Account) -> WelcomeBack:
    """Return the list of an account, finished or not."""
    return WelcomeBack.objects.get(account=account)


def left(account: Account) -> list[str]:
    """Return the tasks that are not done."""
    return [each.task.value for each in progress.tasks(row_of(account), account) if not each.done]
