"""Passwords of before dates were kept: each is as old as the end of the one before it, and a dead one has none."""

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import transaction

from accounts import passwords
from accounts.models import Account, PasswordUsed
from tests.factories import make_account

HOUR = timedelta(hours=1)


@pytest.mark.django_db
@pytest.mark.row("N01")
def test_migration_dates_passwords_by_those_they_replaced(now: datetime) -> None:
    ana, ben, cal = (make_account(name) for name in ("ana", "ben", "cal"))
    for owner, ago in ((ana, 5 * HOUR), (ana, 2 * HOUR), (ben, 3 * HOUR)):
        PasswordUsed.objects.create(account=owner, encoded="before", replaced_at=now - ago)
    with transaction.atomic():
        passwords.kill(Account.objects.select_for_update().get(pk=ben.pk), now=now)
    import_module("accounts.migrations.0036_away").date_passwords(apps, None)
    dates = Account.objects.order_by("created_at", "id").values_list("email", "password_chosen_at")
    assert dict(dates) == {ana.email: now - 2 * HOUR, ben.email: None, cal.email: None}
