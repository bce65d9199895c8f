"""Daily withdrawal caps (B05): what is left, counted in BTC, takes so many withdrawals, one each day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import chain

from closure.exchange.contract import Holding

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

    `btc` None: it has no price. It then counts as fitting in one day, since the earliest day is asked for.
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


def schedule(loads: Iterable[Load], *, cap: Decimal, now: datetime) -> Schedule:
    """Return when the last withdrawal leaves, one cap each 24 hours from now.

    Days are 24 hours of UTC, so clocks that are put back or forward change nothing. Raises BeyondAnyDate.
    """
    day, used, days, last = -1, Decimal(0), 0, now
    for load in sorted(loads, key=lambda each: each.at):
        start = max(load.at, now)
        if (start - now) // DAY > day:
            day, used, days = (start - now) // DAY, Decimal(0), days + 1
        further, used = _spread(used + (load.btc or Decimal(0)), cap)
        day, days = day + further, days + further
        if day > MOST_WITHDRAWALS:
            raise BeyondAnyDate
        last = max(last, start, now + day * DAY)
    return Schedule(last=last, days=days)


def _spread(total: Decimal, cap: Decimal) -> tuple[int, Decimal]:
    """Return how many further days `total` needs beside the one it starts on, and what the last of them carries."""
    further = max((total / cap).to_integral_value(rounding=ROUND_CEILING) - 1, Decimal(0))
    return int(further), total - further * cap
