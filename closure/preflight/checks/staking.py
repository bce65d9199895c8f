"""Staking: unstaked, the unlock wait counted (A06)."""

from datetime import datetime

from closure.enums import Area
from closure.exchange.contract import Holding
from closure.policy.schema import Policy
from closure.preflight import dust, leftovers
from closure.preflight.findings import finding
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.STAKING


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return what is left in staking: what can be unstaked now comes free after its wait, counted from now."""
    held = dust.left(view, AREA)
    startable = [item for item in held if view.unstaking.get(item.asset) and _can_start(item, now)]
    others = [item for item in held if item not in startable]
    return [
        *_to_unstake(view, startable, now),
        *leftovers.to_withdraw(view, others, now, area=AREA, wording="staking"),
    ]


def _can_start(item: Holding, now: datetime) -> bool:
    return item.redeemable or (item.unlocks is not None and item.unlocks <= now)


def _to_unstake(view: AccountView, items: list[Holding], now: datetime) -> list[Finding]:
    if not items:
        return []
    free = [now + view.unstaking[item.asset] for item in items]
    return [
        finding(
            "staking_to_unstake",
            "unstake",
            area=AREA,
            found=items,
            params={"until_at": max(free).isoformat()},
            clears_at=max(free),
            actionable=True,
            loads=leftovers.loads_of(view, items, free),
        )
    ]
