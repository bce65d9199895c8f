"""Liquidity pools: every share removed (A06)."""

from datetime import datetime

from closure.enums import Area
from closure.policy.schema import Policy
from closure.preflight import dust, leftovers
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.LIQUIDITY


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return what is left in liquidity pools."""
    return leftovers.to_withdraw(view, dust.left(view, AREA), now, area=AREA, wording="liquidity")
