"""A hold that nobody confirmed in time stands, and compliance is called about it, once."""

import json
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import officers
from accounts.actors import Actor
from accounts.journal import record
from accounts.models import Account, Event

TEMPLATE = "staff_hold_overdue"
SWEEP = Actor.system("sweep")


def tell(
    action: str,
    *,
    about: tuple[str, UUID],
    account_id: UUID,
    since: datetime,
    still: Callable[[], bool],
    now: datetime,
) -> bool:
    """Mail every X that a hold is late; returns whether this call was the one that told it.

    `about` is what the hold is called in its event, and its key; `still` asks again, once the account is locked. The
    journal is what remembers that it was told; the lock lets one of several sweeps tell it.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        if _is_told(action, account_id, about) or not still():
            return False
        record(action, actor=SWEEP, at=now, account=account, data={about[0]: str(about[1])})
        officers.call(TEMPLATE, {"account": account.short_id, "at": since}, now=now)
    return True


def _is_told(action: str, account_id: UUID, about: tuple[str, UUID]) -> bool:
    told = Event.objects.filter(account_id=account_id, action=action).values_list("body", flat=True)
    return any(json.loads(bytes(body))["data"][about[0]] == str(about[1]) for body in told)
