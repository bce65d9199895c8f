"""When an account was last active, and when its owner was last here: what the core saw tells of the first alone.

The dates never move back (I06). A program that trades keeps an account active, and its owner away (I07).
"""

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from accounts.models import Account

# Written once a day an account: that is as exact as any date that counts from it.
STEP = timedelta(days=1)


def note(account: Account, *, at: datetime) -> bool:
    """Note that an account was active at a time, its owner elsewhere; False when that is not a day later than known."""
    here = last_here(account)
    known = Account.objects.filter(pk=account.pk, last_active_at__lte=at - STEP)
    if not known.update(last_active_at=at, last_here_at=Coalesce(F("last_here_at"), F("last_active_at"))):
        return False
    account.last_active_at, account.last_here_at = at, here
    return True


def here(account: Account, *, at: datetime) -> bool:
    """Note that the owner was here at a time, which is activity too; False when that is not a day later than known."""
    is_later = Q(last_active_at__lte=at - STEP) | Q(last_active_at__lte=at, last_here_at__lte=at - STEP)
    if not Account.objects.filter(is_later, pk=account.pk).update(last_active_at=at, last_here_at=None):
        return False
    account.last_active_at, account.last_here_at = at, None
    return True


def last_here(account: Account) -> datetime:
    """Return when the owner was last here, to a day."""
    return account.last_here_at or account.last_active_at
