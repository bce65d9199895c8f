"""When an account was last active: sign-ins here, and what the exchange core saw. The date never moves back (I06)."""

from datetime import datetime, timedelta

from accounts.models import Account

# Written once a day an account: that is as exact as any date that counts from it.
STEP = timedelta(days=1)


def note(account: Account, *, at: datetime) -> bool:
    """Note that an account was active at a time; False when that is not a day later than what is known."""
    if not Account.objects.filter(pk=account.pk, last_active_at__lte=at - STEP).update(last_active_at=at):
        return False
    account.last_active_at = at
    return True
