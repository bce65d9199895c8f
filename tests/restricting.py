"""Lifting restrictions in tests: two of compliance where two must, the core what settlement lifts, one otherwise."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import restrictions
from accounts.actors import Actor
from accounts.enums import TIPPING_OFF
from accounts.models import Account
from tests.holding import officer


def lift_all(account_id: UUID, *, now: datetime) -> None:
    """Lift whatever stands on an account."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account_id)
        for each in restrictions.active(account_id):
            if each.kind in restrictions.BY_ITSELF:
                restrictions.lift(each.pk, actor=Actor.core(), reason="", now=now)
                continue
            by_two = each.kind in TIPPING_OFF
            if by_two and each.lift_proposed_by is None:
                restrictions.propose_lift(each.pk, actor=officer("olga"), reason="over", now=now)
            second = "olga" if each.lift_proposed_by == officer("omar").account_id else "omar"
            restrictions.lift(each.pk, actor=officer(second), reason="over", now=now)
