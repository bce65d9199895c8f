"""Vets what a core answers (A19): an area that is missing or cannot be true is unknown, and unknown blocks."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from closure.enums import CORE_AREAS, Area
from closure.exchange.contract import CapUse, Debt, Item, Snapshot, Withdrawal
from closure.preflight.vetting_items import is_amount, is_debt, is_time, problem_of

# A snapshot speaks of now, give or take the clocks of two hosts.
FRESH_FOR = timedelta(seconds=60)
WITHDRAWN_IN = timedelta(days=30)
MOST_ITEMS = 100_000
LONGEST_WAIT = timedelta(days=3653)


@dataclass(frozen=True, kw_only=True)
class Vetted:
    """The areas that can be believed, and why the others cannot; `withdrawals` None: not readable.

    `cap_used` is what left in the last 24 hours and counts toward the daily limit. `debts` is what is owed where a
    balance is negative, None where nobody can say.
    """

    areas: Mapping[Area, tuple[Item, ...]] = field(default_factory=dict)
    unknown: Mapping[Area, str] = field(default_factory=dict)
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    cap_used: tuple[CapUse, ...] = ()
    unstaking: Mapping[str, timedelta] = field(default_factory=dict)
    withdrawals: tuple[Withdrawal, ...] | None = None
    taken_at: datetime | None = None
    deposits_locked: bool = False
    debts: tuple[Debt, ...] | None = None


def nothing(problem: str) -> Vetted:
    """Return what is known when there is no snapshot to believe: every core area is unknown."""
    return Vetted(unknown=dict.fromkeys(CORE_AREAS, problem))


def vet(answer: object, *, account_id: UUID, now: datetime) -> Vetted:
    """Return what of an answer can be believed, area by area; one bad area makes that area unknown, not all."""
    problem = _problem_of_whole(answer, account_id=account_id, now=now)
    if problem is not None or not isinstance(answer, Snapshot):
        return nothing(problem or "not a snapshot")
    problems = {area: _problem_of_area(area, answer.areas.get(area)) for area in CORE_AREAS}
    read = [area for area in CORE_AREAS if problems[area] is None]
    for area in _areas_with_duplicates({area: answer.areas[area] for area in read}):
        problems[area] = "the same external id twice"
    return Vetted(
        areas={area: tuple(answer.areas[area]) for area in read if problems[area] is None},
        unknown={area: problem for area, problem in problems.items() if problem is not None},
        prices=_prices(answer.prices),
        cap_used=_cap_used(answer.cap_used, now),
        unstaking=_unstaking(answer.unstaking),
        withdrawals=_withdrawals(answer.withdrawals, now),
        taken_at=answer.taken_at,
        deposits_locked=answer.deposits_locked is True,
        debts=_debts(answer.debts),
    )


def _problem_of_whole(answer: object, *, account_id: UUID, now: datetime) -> str | None:
    if not isinstance(answer, Snapshot):
        return "not a snapshot"
    if answer.account_id != account_id:
        return "of another account"
    if not is_time(answer.taken_at):
        return "without its time"
    if abs(now - answer.taken_at) > FRESH_FOR:
        return "not taken now"
    areas: object = answer.areas
    return None if isinstance(areas, Mapping) else "without areas"


def _problem_of_area(area: Area, items: object) -> str | None:
    if items is None:
        return "missing"
    if not isinstance(items, tuple | list):
        return "not a list"
    if len(items) > MOST_ITEMS:
        return "absurdly many items"
    return next((problem for item in items if (problem := problem_of(area, item)) is not None), None)


def _areas_with_duplicates(areas: Mapping[Area, tuple[Item, ...]]) -> set[Area]:
    named = [(name, area) for area, items in areas.items() for name in _external_names(items)]
    counts = Counter(name for name, _area in named)
    return {area for name, area in named if counts[name] > 1}


def _external_names(items: tuple[Item, ...]) -> Iterator[tuple[type[Item], str]]:
    """Yield what must be unique for an account and kind: external ids, and ids of keys."""
    for item in items:
        name = getattr(item, "external_id", "") or getattr(item, "key_id", "")
        if name:
            yield type(item), name


def _prices(prices: object) -> dict[str, Decimal]:
    """Return the prices that can be true; without one a coin counts as not priced."""
    if not isinstance(prices, Mapping):
        return {}
    return {str(asset): price for asset, price in prices.items() if is_amount(price) and price}


def _cap_used(uses: object, now: datetime) -> tuple[CapUse, ...]:
    """Return what left today; where that cannot be read or believed, the limit of today counts as used."""
    if isinstance(uses, tuple | list) and len(uses) <= MOST_ITEMS and all(_is_use(use, now) for use in uses):
        return tuple(uses)
    return (CapUse(at=now, btc=None),)


def _is_use(use: object, now: datetime) -> bool:
    return (
        isinstance(use, CapUse)
        and is_time(use.at)
        and use.at <= now + FRESH_FOR
        and (use.btc is None or is_amount(use.btc))
    )


def _unstaking(waits: object) -> dict[str, timedelta]:
    """Return the waits that can be true; without one nobody can say how long it takes."""
    if not isinstance(waits, Mapping):
        return {}
    return {
        str(asset): wait
        for asset, wait in waits.items()
        if isinstance(wait, timedelta) and timedelta() <= wait <= LONGEST_WAIT
    }


def _debts(debts: object) -> tuple[Debt, ...] | None:
    """Return what is owed, each asset once; None where any of it cannot be true."""
    if not isinstance(debts, tuple | list) or len(debts) > MOST_ITEMS or not all(is_debt(debt) for debt in debts):
        return None
    return tuple(debts) if len({debt.asset for debt in debts}) == len(debts) else None


def _withdrawals(withdrawals: object, now: datetime) -> tuple[Withdrawal, ...] | None:
    """Return the withdrawals of the last 30 days; None when any of them cannot be true."""
    if not isinstance(withdrawals, tuple | list) or len(withdrawals) > MOST_ITEMS:
        return None
    if not all(_is_withdrawal(item, now) for item in withdrawals):
        return None
    return tuple(item for item in withdrawals if item.time >= now - WITHDRAWN_IN)


def _is_withdrawal(item: object, now: datetime) -> bool:
    return (
        isinstance(item, Withdrawal)
        and is_time(item.time)
        and item.time <= now + FRESH_FOR
        and is_amount(item.amount)
        and (item.value_usdt is None or is_amount(item.value_usdt))
    )
