"""What one person lifted before two had to is kept, with nobody as the first."""

from datetime import datetime
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from accounts import restrictions
from accounts.enums import RestrictionKind
from accounts.models import Account, Restriction
from tests.factories import make_account
from tests.holding import officer


@pytest.mark.django_db(transaction=True)
def test_migration_names_nobody_as_the_first_of_what_one_lifted(now: datetime) -> None:
    olga, ana = officer("olga"), make_account("ana")
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        for kind in (RestrictionKind.RISK_CONTROL, RestrictionKind.FRAUD_ALERT):
            restrictions.place(locked, kind, actor=olga, note="", now=now)
    try:
        call_command("migrate", "accounts", "0012", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_restriction SET lifted_at = %s, lifted_by = %s", [now, olga.label])
    finally:
        call_command("migrate", verbosity=0)
    people = Restriction.objects.order_by("kind").values_list("kind", "lift_proposed_by", "lift_confirmed_by")
    assert list(people) == [("fraud_alert", None, None), ("risk_control", UUID(int=0), olga.account_id)]
