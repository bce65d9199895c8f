"""Isolated margin: loans repaid, positions closed, assets transferred out (A04)."""

from datetime import datetime

from closure.enums import Area
from closure.policy.schema import Policy
from closure.preflight import leftovers
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.ISOLATED_MARGIN


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return what is left in isolated margin."""
    return leftovers.margin(view, now, area=AREA)
