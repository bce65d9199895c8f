"""Dust (A02): which coins are small enough to be left behind, by coin and in total, over all wallets together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce

from closure.enums import Area, Verdict
from closure.exchange.amounts import EXACT, ZERO
from closure.exchange.contract import Holding
from closure.policy.schema import DustAbove, PreflightPolicy
from closure.preflight.findings import finding, slug
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

# What can be left behind; margin, Earn, staking, pools and the Web3 wallet are emptied whatever is in them.
WALLETS = (Area.SPOT, Area.FUNDING, Area.FIAT)


@dataclass(frozen=True, kw_only=True)
class Dust:
    """The coins that count as dust, what they are worth together, and whether that is within the total.

    `everywhere` is all of it; `area` is the first wallet that has some, which tells of all where one warning is given.
    """

    coins: frozenset[str]
    total: Decimal
    within: bool
    everywhere: tuple[Holding, ...]
    area: Area | None


def judge(view: AccountView, policy: PreflightPolicy) -> Dust:
    """Return what counts as dust. A coin is its sum over all wallets; one without a price never is (A02)."""
    worth: dict[str, Decimal | None] = defaultdict(Decimal)
    for area in WALLETS:
        for item in left(view, area):
            so_far = worth[item.asset]
            worth[item.asset] = (
                None if so_far is None or item.value_usdt is None else EXACT.add(so_far, item.value_usdt)
            )
    small = {coin: value for coin, value in worth.items() if value is not None and value < policy.dust_per_coin}
    total = reduce(EXACT.add, small.values(), ZERO)
    within = policy.dust_total is None or total <= policy.dust_total
    found = [(area, item) for area in WALLETS for item in left(view, area) if item.asset in small]
    return Dust(
        coins=frozenset(small),
        total=total,
        within=within,
        everywhere=tuple(item for _area, item in found),
        area=found[0][0] if found else None,
    )


def left(view: AccountView, area: Area) -> list[Holding]:
    """Return the holdings of an area that are not zero: zero amounts never block."""
    return [item for item in view.items(area, Holding) if item.amount]


def findings(
    dust: Dust, small: Sequence[Holding], policy: PreflightPolicy, *, area: Area, now: datetime
) -> list[Finding]:
    """Return what the dust of one wallet means: a warning, a warning for each coin, or above the total a blocker."""
    if not small:
        return []
    if not dust.within:
        return [_above(dust, small, policy, area=area, now=now)]
    if policy.dust_within is DustAbove.WARN:
        return [_warning(f"{area}_dust", dust.everywhere, policy, area=area)] if area is dust.area else []
    coins = {item.asset: [each for each in small if each.asset == item.asset] for item in small}
    return [_warning(f"{area}_dust_{slug(coin)}", items, policy, area=area) for coin, items in coins.items()]


def _above(dust: Dust, small: Sequence[Holding], policy: PreflightPolicy, *, area: Area, now: datetime) -> Finding:
    params = {"total": f"{dust.total:f}", "limit": f"{policy.dust_total or Decimal(0):f}"}
    return finding(f"{area}_dust", "dust_above", area=area, found=small, params=params, clears_at=now, actionable=True)


def _warning(code: str, items: Sequence[Holding], policy: PreflightPolicy, *, area: Area) -> Finding:
    params = {"limit": f"{policy.dust_per_coin:f}"}
    return finding(code, "dust", area=area, verdict=Verdict.WARNING, found=items, params=params, actionable=True)
