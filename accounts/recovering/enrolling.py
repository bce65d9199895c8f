"""The right to add a factor after a recovery: for some days, with the mailbox, though it reset the password (J03)."""

from uuid import UUID

from accounts import clock
from accounts.enums import RecoveryState
from accounts.models import FactorRecovery
from accounts.recovering.table import ENROLL_WITHIN


def is_open(account_id: UUID) -> bool:
    """Tell whether staff recovered the account within the time for adding a factor, by the database's own time.

    It is used up by itself: with a second factor there, the mailbox allows no change any more.
    """
    done = FactorRecovery.objects.filter(account_id=account_id, state=RecoveryState.DONE)
    return done.filter(ended_at__gt=clock.db_now() - ENROLL_WITHIN).exists()
