"""Daily withdrawal caps (B05): what is left, counted in BTC, takes so many withdrawals, one each day."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain

from closure.exchange.contract import CapUse, Holding

# BTC equivalent a day by identity level: 0, 1, and 2 or higher.
DAILY_CAPS_BTC = (Decimal("0.06"), Decimal(2), Decimal(100))
# Confirmations of a withdrawal on its network.
CHAIN_SETTLEMENT = timedelta(hours=1)
DAY = timedelta(days=1)
# Past this a date is no date.
MOST_WITHDRAWALS = 36_500
BTC = "BTC"


class BeyondAnyDate(Exception):
    """It takes so long that no date is worth naming."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """Something to withdraw: from when it can be, and how much it is.

    `btc` None: it has no price. It then takes the limit of one whole day, as the core counts it.
    """

    at: datetime
    btc: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How long withdrawing takes under the cap: the time of the last withdrawal, and on how many days one leaves."""

    last: datetime
    days: int


def daily_cap(level: int) -> Decimal:
    """Return the cap of an identity level, in BTC a day."""
    return DAILY_CAPS_BTC[max(0, min(level, len(DAILY_CAPS_BTC) - 1))]


def btc_price(holdings: Iterable[Holding], prices: Mapping[str, Decimal]) -> Decimal | None:
    """Return the price of a BTC in USDT, quoted or implied by a valued holding of BTC; None when neither is known."""
    implied = (
        item.value_usdt / item.amount for item in holdings if item.asset == BTC and item.amount and item.value_usdt
    )
    return next(chain(filter(None, [prices.get(BTC)]), implied), None)


def in_btc(item: Holding, *, price: Decimal | None, prices: Mapping[str, Decimal]) -> Decimal | None:
    """Return what a holding is worth in BTC, or None when it is not priced."""
    if item.asset == BTC:
        return item.amount
    value = item.value_usdt
    if value is None and item.asset in prices:
        value = item.amount * prices[item.asset]
    return None if value is None or not price else value / price


def room(used: Iterable[CapUse], *, cap: Decimal, now: datetime) -> Decimal:
    """Return how much may still leave now, in BTC: the cap less what left in the last 24 hours, never below 0."""
    spent = sum((_counted(use.btc, cap) for use in used if use.at > now - DAY), Decimal(0))
    return max(cap - spent, Decimal(0))


def schedule(loads: Iterable[Load], *, cap: Decimal, now: datetime, used: Iterable[CapUse] = ()) -> Schedule:
    """Return when the last withdrawal leaves, where no 24 hours may carry more than the cap.

    `used` left before and counts. Days are 24 hours of UTC, so clocks that are put back or forward change nothing.
    Raises BeyondAnyDate.
    """
    window = deque((use.at, _counted(use.btc, cap)) for use in sorted(used, key=lambda use: use.at))
    at, days, last, before = now, 0, now, None
    for load in sorted(loads, key=lambda each: each.at):
        at = max(at, load.at)
        left = _counted(load.btc, cap)
        if left > MOST_WITHDRAWALS * cap:
            raise BeyondAnyDate
        while left:
            at = _next_room(window, cap, at)
            if not window and left > cap:
                # An empty window takes a whole cap each day: no need to walk there.
                whole = int(left // cap) - (not left % cap)
                at, left, days, before = at + whole * DAY, left - whole * cap, days + whole, None
            part = min(left, cap - sum((btc for _at, btc in window), Decimal(0)))
            window.append((at, part))
            left, days, before = left - part, days + (at != before), at
            if days > MOST_WITHDRAWALS:
                raise BeyondAnyDate
        last = max(last, at)
    return Schedule(last=last, days=days)


def _next_room(window: deque[tuple[datetime, Decimal]], cap: Decimal, at: datetime) -> datetime:
    """Forget what left 24 hours ago, and return when something may leave: now, or when the oldest is as old."""
    while True:
        while window and window[0][0] + DAY <= at:
            window.popleft()
        if not window or sum((btc for _at, btc in window), Decimal(0)) < cap:
            return at
        at = window[0][0] + DAY


def _counted(btc: Decimal | None, cap: Decimal) -> Decimal:
    """Return what counts toward the cap: something without a price, the whole of it."""
    return cap if btc is None else btc
