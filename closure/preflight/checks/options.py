"""Options: positions closed, every balance moved back to spot (A03, A08)."""

from datetime import datetime

from closure.enums import Area
from closure.policy.schema import Policy
from closure.preflight import leftovers
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.OPTIONS


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return what is left in options."""
    return leftovers.margin(view, now, area=AREA)
