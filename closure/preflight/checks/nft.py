"""NFTs: lost for ever unless withdrawn; the customer acknowledges each loss (B08)."""

from datetime import datetime

from closure.enums import Area, Verdict
from closure.exchange.contract import Nft
from closure.policy.schema import Policy
from closure.preflight.findings import finding, slug
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.NFT


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return a warning for each NFT, with a code of its own."""
    tokens = {slug(item.chain, item.collection, item.token): item for item in view.items(AREA, Nft)}
    return [
        finding(f"nft_{code}", "nft", area=AREA, verdict=Verdict.WARNING, found=[item], actionable=True)
        for code, item in tokens.items()
    ]
