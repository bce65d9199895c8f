"""Loans: repaid in full, and their collateral taken back (A01, A04)."""

from datetime import datetime

from closure.enums import Area
from closure.policy.schema import Policy
from closure.preflight import dust, leftovers
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.LOANS


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return what is owed, and what is held against it."""
    return [
        *leftovers.loans(view, now, area=AREA),
        *leftovers.to_withdraw(view, dust.left(view, AREA), now, area=AREA, wording="collateral"),
    ]
