"""Referral commissions that are not settled are forfeited at closing; the customer acknowledges each loss (B09)."""

from datetime import datetime

from closure.enums import Area, Verdict
from closure.exchange.contract import Referral
from closure.policy.schema import Policy
from closure.preflight.findings import finding, slug
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.REFERRALS


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return a warning for each unsettled commission, with a code of its own; payouts processed before stand."""
    unsettled = [item for item in view.items(AREA, Referral) if item.amount and not item.settled]
    return [
        finding(code, "referral", area=AREA, verdict=Verdict.WARNING, found=[item])
        for code, item in zip(_codes(unsettled), unsettled, strict=True)
    ]


def _codes(unsettled: list[Referral]) -> list[str]:
    """Return codes by asset and number, so that a commission which grows stays the one that was acknowledged."""
    names = [slug(item.asset) for item in unsettled]
    numbers = [names[:place].count(name) + 1 for place, name in enumerate(names)]
    return [f"referral_{name}" + (f"_{n}" if n > 1 else "") for name, n in zip(names, numbers, strict=True)]
