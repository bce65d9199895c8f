"""What waits until somebody who came back has looked through everything: withdrawing, never looking or leaving.

Closing an account stays open to its owner, and what a closure needs is done on the list's own pages, so nobody is
locked in: an empty account closes at once, and each task of the list can be done by its owner alone.
"""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.enums import IdentityStatus
from accounts.exceptions import NotAllowed
from accounts.models import Account
from closure.enums import OPEN_STATES, Needs
from closure.models import ClosureRequest, WelcomeBack


def standing(account_id: UUID) -> WelcomeBack | None:
    """Return the list that is not finished, if there is one."""
    return WelcomeBack.objects.filter(account_id=account_id, finished_at=None).first()


def check(account: Account, needs: Needs) -> None:
    """Refuse the owner's withdrawals while a mandatory list stands, and selling while an identity refresh is due (J05).

    Who is closing the account sells all the same: an expired document never blocks that (A15). Raises NotAllowed.
    """
    if needs is Needs.WITHDRAW:
        row = standing(account.pk)
        if row is not None and row.mandatory:
            raise NotAllowed(_("First finish your welcome-back list. Then you can withdraw."), code="welcome_back")
    if needs is Needs.TRADE and account.identity_status == IdentityStatus.REFRESH_DUE and not _is_closing(account):
        raise NotAllowed(
            _("Your identity check is due again. Until it is done you sell only to close your account."),
            code="identity_refresh",
        )


def _is_closing(account: Account) -> bool:
    return ClosureRequest.objects.filter(account=account, state__in=sorted(OPEN_STATES)).exists()
