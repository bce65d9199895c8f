"""What owners did at the exchange core counts as activity, and ends inactivity by it (I03, I06)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from accounts import activity, dormancy
from accounts.actors import Actor
from accounts.enums import AccountStatus
from accounts.models import Account, DormancyNotice
from accounts.status import change_status
from closure.dormancy import lines
from closure.policy import loader
from closure.policy.schema import DormancyPolicy

REASON = "core_activity"


class Seen(StrEnum):
    """What became of a report."""

    NOTED = "noted"
    WOKEN = "woken"
    KNOWN = "known"
    UNKNOWN_ACCOUNT = "unknown_account"


def seen(account_id: UUID, *, at: datetime, now: datetime) -> Seen:
    """Note that an owner was active at the core; a time to come is now. Safe to tell again, in whatever order."""
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=account_id).first()
        if account is None or account.status == AccountStatus.CLOSED or account.is_staff:
            return Seen.UNKNOWN_ACCOUNT
        away_since, since = activity.last_here(account), account.status_changed_at
        if not activity.note(account, at=min(at, now)):
            return Seen.KNOWN
        if _wakes(account, loader.current().dormancy, now=now):
            if account.status == AccountStatus.DORMANT:
                actor = Actor.core()
                dormancy.woken(account, away_since=away_since, dormant_since=since, actor=actor, now=now)
            change_status(account, AccountStatus.ACTIVE, actor=Actor.core(), reason=REASON, now=now)
            return Seen.WOKEN
        # What was announced counted from an activity that was not the last.
        DormancyNotice.objects.filter(account=account).delete()
    return Seen.NOTED


def _wakes(account: Account, policy: DormancyPolicy, *, now: datetime) -> bool:
    """Tell whether it is active by what was seen; a dormant account that is locked waits for its owner here (I05)."""
    asleep = {AccountStatus.INACTIVE} if policy.locks else {AccountStatus.INACTIVE, AccountStatus.DORMANT}
    return account.status in asleep and account.last_active_at >= lines.inactive(policy).end(now.date())
