"""A hold that nobody confirmed within 24 hours stands, and compliance is called about it, once."""

import json
from datetime import datetime

from django.db import transaction

from accounts import officers
from accounts.actors import Actor
from accounts.journal import record
from accounts.models import Account, Event
from closure.retention import hold_queries
from closure.retention.models import LegalHold

OVERDUE, TEMPLATE = "legal_hold.overdue", "staff_hold_overdue"
SWEEP = Actor.system("sweep")


def tell_overdue(now: datetime) -> int:
    """Mail every X about each hold that has become overdue; returns how many were told of. Safe to run again.

    The journal is what remembers that it was told; the account's lock lets one of several sweeps tell it.
    """
    return sum(_tell(hold, now=now) for hold in hold_queries.overdue(now))


def _tell(hold: LegalHold, *, now: datetime) -> bool:
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=hold.account_id)
        if _is_told(hold) or not hold_queries.overdue(now).filter(pk=hold.pk).exists():
            return False
        record(OVERDUE, actor=SWEEP, at=now, account=account, data={"hold": str(hold.pk)})
        officers.call(TEMPLATE, {"account": account.short_id, "at": hold.placed_at}, now=now)
    return True


def _is_told(hold: LegalHold) -> bool:
    told = Event.objects.filter(account_id=hold.account_id, action=OVERDUE).values_list("body", flat=True)
    return any(json.loads(bytes(body))["data"]["hold"] == str(hold.pk) for body in told)
