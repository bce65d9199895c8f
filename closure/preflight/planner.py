"""The planner (A20): the earliest day on which everything that blocks can be cleared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from closure.exchange.contract import CapUse
from closure.preflight.caps import CHAIN_SETTLEMENT, BeyondAnyDate, Load, daily_cap, schedule
from closure.preflight.verdict import Finding


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Not before `earliest`, and not before `condition` is met either; None: not even that can be said."""

    earliest: datetime | None
    condition: str = ""


def plan(blockers: Sequence[Finding], *, level: int, now: datetime, used: Sequence[CapUse] = ()) -> Plan:
    """Return the earliest time at which nothing blocks any more; `now` when nothing does.

    Never earlier than any blocker, and later when all withdrawals together need more days under the daily cap of the
    identity level than each alone. A blocker without a date adds its condition: the date of the others stays a date
    before which it cannot be. `used` is what left in the last 24 hours. Where no blocker has a date, or withdrawing
    takes over a century, there is none.
    """
    undated = [blocker for blocker in blockers if blocker.clears_at is None]
    condition = undated[0].condition if undated else ""
    dates = [blocker.clears_at for blocker in blockers if blocker.clears_at is not None]
    if undated and not dates:
        return Plan(earliest=None, condition=condition)
    loads = [load for blocker in blockers for load in blocker.loads]
    try:
        last = _last_withdrawal(loads, level=level, now=now, used=used)
    except BeyondAnyDate:
        return Plan(earliest=None, condition=_("As soon as everything is withdrawn. Your daily limit makes it long."))
    return Plan(earliest=max([now, last, *dates]), condition=condition)


def _last_withdrawal(loads: Sequence[Load], *, level: int, now: datetime, used: Sequence[CapUse]) -> datetime:
    """Return when the last withdrawal has settled; `now` when there is none.

    What a lock releases last, within the cap of that day, counts on the day of the lock itself: the day we show.
    """
    if not loads:
        return now
    last = schedule(loads, cap=daily_cap(level), now=now, used=used).last
    released = any(load.at == last and load.at > now for load in loads)
    return last if released else last + CHAIN_SETTLEMENT
