"""P2P orders in progress finish first; they cannot be forced, and nobody can name the day (A10)."""

from datetime import datetime

from closure.enums import Area, OrderKind
from closure.exchange.contract import Order
from closure.policy.schema import Policy
from closure.preflight.findings import finding
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.P2P


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return the P2P orders, wherever the core lists them."""
    elsewhere = [item for item in view.items(Area.ORDERS, Order) if item.kind == OrderKind.P2P]
    running = [*view.items(AREA, Order), *elsewhere]
    return [finding("p2p_in_progress", "p2p", area=AREA, found=running)] if running else []
