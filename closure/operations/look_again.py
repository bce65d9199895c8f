"""A disabled account is looked at once more when the core has frozen it (E06, invariant 2).

What stops disabling was read before the freeze, and by an alarm nothing was read at all. What stands now nobody looks
after while the account is disabled, so staff learn of it, by one case for each disabling. Its owner is told nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts import cases
from accounts.actors import Actor
from accounts.enums import AccountStatus, CaseKind
from accounts.models import Account
from closure import exchange
from closure.backoff import back_off
from closure.effects import SUPERSEDED
from closure.enums import EffectState, Verdict
from closure.models import Disabling
from closure.operations.disable import EMPTY, standing_in

SWEEP = Actor.system("sweep")
# About an hour and a half of a core that is away, then staff are told which areas nobody could read.
MOST_TRIES = 10
MOST_AT_ONCE = 20
# Reading gives up well within this; a claim older than that belongs to a dead process.
LEASE = timedelta(minutes=2)
Left = Mapping[str, str]
UNREAD: Left = {area.value: Verdict.UNKNOWN.value for area in sorted(EMPTY)}


def look_due(now: datetime) -> int:
    """Look at disabled accounts that the core has frozen since, first due first; returns how many are settled.

    The core is waited for, so this must not be called inside a transaction.
    """
    due = Disabling.objects.filter(looked_at=None, due_at__lte=now, freeze__state=EffectState.DONE)
    rows = due.select_related("freeze").order_by("due_at", "id")[:MOST_AT_ONCE]
    return sum(_look(row, now=now) for row in rows)


def _look(row: Disabling, *, now: datetime) -> bool:
    waiting = Disabling.objects.filter(pk=row.pk, looked_at=None, tries=row.tries, due_at=row.due_at)
    if waiting.update(tries=F("tries") + 1, due_at=now + LEASE) != 1:
        return False
    account = Account.objects.get(pk=row.account_id)
    if _is_over(row, account):
        return _settle(row, {}, now=now)
    tries = row.tries + 1
    # One that was tried oftener killed whoever looked: it is not tried again.
    left = _left(account, now=now) if tries <= MOST_TRIES else UNREAD
    if Verdict.UNKNOWN in left.values() and Verdict.BLOCKED not in left.values() and tries < MOST_TRIES:
        Disabling.objects.filter(pk=row.pk, looked_at=None).update(due_at=now + back_off(tries))
        return False
    return _settle(row, left, now=now)


def _is_over(row: Disabling, account: Account) -> bool:
    """Tell whether the account came back since, even where it was disabled anew: that has a row of its own."""
    anew = Disabling.objects.filter(account_id=account.pk, pk__gt=row.pk)
    return account.status != AccountStatus.DISABLED or row.freeze.last_error == SUPERSEDED or anew.exists()


def _left(account: Account, *, now: datetime) -> Left:
    """Return the areas where something stands, or that could not be read, each with which of both."""
    found = standing_in(EMPTY, account, gateway=exchange.get_gateway(), now=now)
    # What stands says more than that something else of the same area is unknown.
    told = {each.area.value: each.verdict.value for each in found if each.verdict is not Verdict.BLOCKED}
    return told | {each.area.value: each.verdict.value for each in found if each.verdict is Verdict.BLOCKED}


def _settle(row: Disabling, left: Left, *, now: datetime) -> bool:
    """Keep what was found, with a case where it is anything; once, and not where the account came back meanwhile."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=row.account_id)
        told = left if account.status == AccountStatus.DISABLED else {}
        waiting = Disabling.objects.filter(pk=row.pk, looked_at=None)
        if waiting.update(looked_at=now, left=dict(told)) != 1:
            return False
        if told:
            case = cases.open_by_itself(account, CaseKind.OTHER, actor=SWEEP, more={"left": dict(told)}, now=now)
            Disabling.objects.filter(pk=row.pk).update(case=case)
    return True
