"""Fiat: leaves by bank transfer in 1 to 5 business days, shown as a date (B04); small sums are dust by value (A02)."""

from datetime import datetime

from closure.enums import Area
from closure.policy.schema import Policy
from closure.preflight import dust, given_up
from closure.preflight.business_days import settlement
from closure.preflight.findings import finding
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.FIAT


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return what is left in fiat; withdrawn now, it is gone after one business day at the earliest."""
    judged = dust.judge(view, policy.preflight)
    given, held = given_up.parted(view, dust.left(view, AREA))
    solid = [item for item in held if item.asset not in judged.coins]
    small = [item for item in held if item.asset in judged.coins]
    found = [
        *given_up.findings(view, given, area=AREA),
        *dust.findings(judged, small, policy.preflight, area=AREA, now=now),
    ]
    if not solid:
        return found
    arrives = settlement(now, view.facts.country)
    params = {"until_at": arrives.last.isoformat()}
    blocker = finding(
        "fiat_balance", "fiat", area=AREA, found=solid, params=params, clears_at=arrives.first, actionable=True
    )
    return [blocker, *found]
