"""Web3 wallet: emptied to other wallets (A07). The network sets its pace, not the daily cap."""

from datetime import datetime

from closure.enums import Area
from closure.policy.schema import Policy
from closure.preflight import dust
from closure.preflight.caps import CHAIN_SETTLEMENT
from closure.preflight.findings import finding
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.WEB3


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return what is left in the Web3 wallet."""
    left = dust.left(view, AREA)
    if not left:
        return []
    emptied = now + CHAIN_SETTLEMENT
    return [finding("web3_balance", "web3", area=AREA, found=left, clears_at=emptied, actionable=True)]
