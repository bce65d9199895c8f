"""Customers who come back from a dormant account, and what they do on their list."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.enums import AccountStatus
from accounts.models import Account
from accounts.status import change_status
from closure.models import WelcomeBack
from closure.welcome import progress
from tests.factories import make_account

AWAY = timedelta(days=900)


def returned(name: str = "ana", *, now: datetime, **fields: Any) -> Account:
    """Make a customer whose dormant account just woke."""
    account = make_account(name, status=AccountStatus.DORMANT, last_active_at=now - AWAY, **fields)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        change_status(locked, AccountStatus.ACTIVE, actor=Actor.customer(locked), reason="sign_in", now=now)
        progress.begin(locked, away_since=now - AWAY, actor=Actor.customer(locked), now=now)
    account.refresh_from_db()
    return account


def row_of(account: Account) -> WelcomeBack:
    """Return the list of an account, finished or not."""
    return WelcomeBack.objects.get(account=account)


def left(account: Account) -> list[str]:
    """Return the tasks that are not done."""
    return [each.task.value for each in progress.tasks(row_of(account), account) if not each.done]
