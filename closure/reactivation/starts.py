"""How often the reactivation of one account is begun: each beginning and each end tells every contact of it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import tallies
from accounts.exceptions import TooManyAttempts
from accounts.tallies import Limit, LimitReached, Use
from closure.reactivation import lifecycle

A_DAY = Limit(name="reactivations", most=5, within=timedelta(days=1))


class TooManyStarts(TooManyAttempts):
    """It was begun and ended so often that its owner has to wait."""

    code = "too_many_starts"

    def __init__(self, retry_at: datetime) -> None:
        super().__init__(retry_at)
        told = {"most": A_DAY.most, "time": retry_at.strftime("%d %b %Y, %H:%M")}
        self.message = _("You began %(most)d times within a day. You can begin again after %(time)s UTC.") % told


def spend(account_id: UUID, *, now: datetime) -> None:
    """Count a beginning, unless one is open that is gone on with; raises TooManyStarts. Not inside a transaction."""
    if lifecycle.open_of(account_id) is not None:
        return
    try:
        tallies.spend([Use(limit=A_DAY, of=str(account_id))], now=now)
    except LimitReached as error:
        raise TooManyStarts(error.retry_at) from error
