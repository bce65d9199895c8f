"""Funding wallet: assets and dust (A01, A02)."""

from datetime import datetime

from closure.enums import Area
from closure.policy.schema import Policy
from closure.preflight import leftovers
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.FUNDING


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return what is left in the funding wallet."""
    return leftovers.wallet(view, policy, now, area=AREA)
