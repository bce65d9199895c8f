"""Asking the core what a negative balance is made of, and ending it once it is settled: the sweep, or its owner (K01).

Only an answer that nothing is owed ends it; no answer, and one that cannot be true, end nothing.
"""

from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum

from accounts import settlement, tallies
from accounts.actors import Actor
from accounts.models import Account, Restriction
from accounts.tallies import Limit, Use
from closure import exchange
from closure.exchange.contract import Debt
from closure.preflight import runner

SETTLEMENT = Actor.system("settlement")
MOST_AT_ONCE = 50
MOST_SILENT = 3
BY_OWNER = Limit(name="debt_checks", most=20, within=timedelta(hours=1))


class Settled(StrEnum):
    """What came of asking."""

    SETTLED = "settled"
    OWED = "owed"
    UNKNOWN = "unknown"
    NO_ANSWER = "no_answer"
    NOTHING = "nothing"  # no negative balance stands


def owed(account: Account, *, now: datetime) -> tuple[Debt, ...] | None:
    """Return what the core says is owed, None where it cannot be read; changes nothing and never raises."""
    return runner.read(account, gateway=exchange.get_gateway(), now=now).debts


def check_again(account: Account, *, now: datetime) -> Settled:
    """Ask the core now, for the owner; raises TooManyAttempts. Must be called outside of any transaction."""
    standing = settlement.standing(account.pk)
    if standing is None:
        return Settled.NOTHING
    tallies.spend([Use(limit=BY_OWNER, of=str(account.pk))], now=now)
    return _ask(standing, account, now=now)


def settle_due(now: datetime) -> int:
    """Ask about accounts where something arrived, or that nobody asked about for an hour; returns how many ended.

    Safe to run again, and by two at once. A core that does not say is asked again by a later sweep.
    """
    came: Counter[Settled] = Counter()
    for row in list(settlement.due(now).select_related("account")[:MOST_AT_ONCE]):
        came[_ask(row, row.account, now=now)] += 1
        if came[Settled.NO_ANSWER] == MOST_SILENT:
            break  # the others would wait as long
    return came[Settled.SETTLED]


def _ask(standing: Restriction, account: Account, *, now: datetime) -> Settled:
    # Before the answer: what arrives while the core is asked is asked about again.
    settlement.note_asked(standing.pk, now=now)
    read = runner.read(account, gateway=exchange.get_gateway(), now=now)
    if read.taken_at is None:
        return Settled.NO_ANSWER
    if read.debts is None:
        return Settled.UNKNOWN
    if read.debts:
        return Settled.OWED
    # An answer may be a minute old; of what came after it was taken it says nothing.
    asked_at = min(now, read.taken_at)
    if settlement.settle(standing.pk, asked_at=asked_at, actor=SETTLEMENT, now=now):
        return Settled.SETTLED
    if settlement.standing(account.pk) is None:
        return Settled.NOTHING
    # The answer is older than what stands, so we know nothing of it: the next sweep asks again.
    settlement.ask_soon(account.pk)
    return Settled.UNKNOWN
