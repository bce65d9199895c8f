"""What the checks of wallets share: whatever is left in an area blocks, with the day on which it can be gone."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from closure.enums import Area
from closure.exchange.contract import Holding, Loan, Position
from closure.policy.schema import Policy
from closure.preflight import dust, given_up
from closure.preflight.caps import (
    CHAIN_SETTLEMENT,
    BeyondAnyDate,
    Load,
    btc_price,
    daily_cap,
    in_btc,
    schedule,
)
from closure.preflight.findings import finding
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView


def wallet(view: AccountView, policy: Policy, now: datetime, *, area: Area) -> list[Finding]:
    """Return the findings of a wallet that may keep dust: assets, positions, small balances (A01, A02, A08)."""
    judged = dust.judge(view, policy.preflight)
    given, held = given_up.parted(view, dust.left(view, area))
    solid = [item for item in held if item.asset not in judged.coins]
    small = [item for item in held if item.asset in judged.coins]
    return [
        *given_up.findings(view, given, area=area),
        *positions(view, now, area=area),
        *to_withdraw(view, solid, now, area=area, wording=area.value),
        *dust.findings(judged, small, policy.preflight, area=area, now=now),
    ]


def margin(view: AccountView, now: datetime, *, area: Area) -> list[Finding]:
    """Return the findings of a margin wallet: positions, loans, and any balance whatever its size (A03, A04, A08)."""
    return [
        *positions(view, now, area=area),
        *loans(view, now, area=area),
        *to_withdraw(view, dust.left(view, area), now, area=area, wording="margin"),
    ]


def positions(view: AccountView, now: datetime, *, area: Area) -> list[Finding]:
    """Return what open positions mean: the customer closes each (A08)."""
    open_ones = [item for item in view.items(area, Position) if item.amount]
    if not open_ones:
        return []
    return [finding(f"{area}_position", "position", area=area, found=open_ones, clears_at=now, actionable=True)]


def loans(view: AccountView, now: datetime, *, area: Area) -> list[Finding]:
    """Return what loans mean: the customer repays each (A04)."""
    owed = [item for item in view.items(area, Loan) if item.amount]
    if not owed:
        return []
    return [finding(f"{area}_loan", "loan", area=area, found=owed, clears_at=now, actionable=True)]


def to_withdraw(
    view: AccountView, items: Sequence[Holding], now: datetime, *, area: Area, wording: str
) -> list[Finding]:
    """Return the blockers for holdings that leave by withdrawal: those that can go now, and those that wait.

    A lock blocks until its date; only one that may be redeemed early leaves before (A05). Unstaking always waits (A06).
    """
    locked = [item for item in items if item.unlocks is not None and item.unlocks > now]
    early = [item for item in locked if item.redeemable and area is not Area.STAKING]
    waiting = [item for item in locked if item not in early]
    endless = [item for item in items if item.unlocks is None and not item.redeemable]
    ready = [item for item in items if item not in locked and item not in endless]
    return [
        *_withdrawn(view, ready, now, code=f"{area}_balance", area=area, wording=wording),
        *_withdrawn(view, early, now, code=f"{area}_early", area=area, wording="early"),
        *_released(view, waiting, area=area),
        *_never_released(endless, area=area, wording=wording),
    ]


def _withdrawn(
    view: AccountView, items: Sequence[Holding], now: datetime, *, code: str, area: Area, wording: str
) -> list[Finding]:
    """Return the blocker for what can go now, with the day of the last withdrawal (B05)."""
    if not items:
        return []
    loads = loads_of(view, items, [now] * len(items))
    when, clears_at = _when(view, items, loads, now)
    params = {**_until(items), **when}
    return [
        finding(
            code,
            wording,
            area=area,
            found=items,
            params=params,
            clears_at=clears_at,
            actionable=True,
            loads=loads,
        )
    ]


def _released(view: AccountView, items: Sequence[Holding], *, area: Area) -> list[Finding]:
    ends = [item.unlocks for item in items if item.unlocks is not None]
    if not ends:
        return []
    wording = "unstaking" if area is Area.STAKING else "locked"
    loads = loads_of(view, items, ends)
    return [
        finding(
            f"{area}_waiting",
            wording,
            area=area,
            found=items,
            params=_until(items),
            clears_at=max(ends),
            loads=loads,
        )
    ]


def _never_released(items: Sequence[Holding], *, area: Area, wording: str) -> list[Finding]:
    if not items:
        return []
    return [finding(f"{area}_no_end", wording, area=area, found=items, params={"condition": "no_end"})]


def _until(items: Sequence[Holding]) -> dict[str, str]:
    ends = [item.unlocks for item in items if item.unlocks is not None]
    return {"until_at": max(ends).isoformat()} if ends else {}


def loads_of(view: AccountView, items: Sequence[Holding], available: Sequence[datetime]) -> tuple[Load, ...]:
    """Return what each holding adds to the withdrawals, from when it is available."""
    everything = [item for area in view.areas for item in view.items(area, Holding)]
    price = btc_price(everything, view.prices)
    return tuple(
        Load(at=at, btc=in_btc(item, price=price, prices=view.prices))
        for item, at in zip(items, available, strict=True)
    )


def _when(
    view: AccountView, items: Sequence[Holding], loads: Sequence[Load], now: datetime
) -> tuple[dict[str, str], datetime | None]:
    cap = daily_cap(view.facts.identity_level)
    try:
        plan = schedule(loads, cap=cap, now=now, used=view.cap_used)
    except BeyondAnyDate:
        return {"condition": "too_long"}, None
    params = _condition(items, loads, cap=cap, days=plan.days)
    return params, plan.last + CHAIN_SETTLEMENT


def _condition(items: Sequence[Holding], loads: Sequence[Load], *, cap: Decimal, days: int) -> dict[str, str]:
    unpriced = sorted({item.asset for item, load in zip(items, loads, strict=True) if load.btc is None})
    if unpriced:
        return {"condition": "unpriced", "assets": ", ".join(unpriced), "cap": f"{cap:f}"}
    return {"condition": "capped", "cap": f"{cap:f}", "count": str(days)} if days > 1 else {}
