"""What is taken back where something new stands against an account: a proposed reactivation, or readmission (L06)."""

from datetime import datetime

from accounts import doubts
from accounts.doubts import Doubt
from accounts.models import Account
from closure.enums import ReactivationAction, ReactivationState
from closure.models import Reactivation
from closure.operations import readmit
from closure.reactivation import lifecycle


class Proposals:
    """The answers, from our rows."""

    def take_back(self, account: Account, *, why: Doubt, now: datetime) -> None:
        """Take back what one of the staff proposed about a locked account."""
        proposed = Reactivation.objects.filter(account_id=account.pk, proposed_by__isnull=False)
        for key in proposed.filter(state=ReactivationState.SUBMITTED).values_list("pk", flat=True):
            lifecycle.apply(key, ReactivationAction.TAKE_BACK, actor=lifecycle.SYSTEM, reason=why.value, now=now)
        readmit.fall(account.pk, why=why, now=now)


def plug() -> None:
    """Let accounts have them taken back (closure.apps)."""
    doubts.plug(Proposals())
