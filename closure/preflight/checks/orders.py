"""Open orders: spot limit, stop-limit, OCO and conditional; each is executed or cancelled first (A09)."""

from datetime import datetime

from closure.enums import Area, OrderKind
from closure.exchange.contract import Order
from closure.policy.schema import Policy
from closure.preflight.findings import finding
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.ORDERS


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return the open orders; P2P orders have a check of their own."""
    still_open = [item for item in view.items(AREA, Order) if item.kind != OrderKind.P2P]
    if not still_open:
        return []
    return [finding("orders_open", "orders", area=AREA, found=still_open, clears_at=now, actionable=True)]
