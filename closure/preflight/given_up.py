"""What the owner gives up because the core refuses every way out (B12): a loss to acknowledge once staff confirmed it.

It covers the amount that was given up and no more: what arrives later blocks as before.
"""

from collections.abc import Sequence
from functools import reduce

from closure.enums import Area, Verdict
from closure.exchange.amounts import EXACT, ZERO
from closure.exchange.contract import Holding
from closure.preflight.dust import WALLETS, left
from closure.preflight.findings import finding, slug
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView


def parted(view: AccountView, items: Sequence[Holding]) -> tuple[list[Holding], list[Holding]]:
    """Return the holdings that are being given up, and the others."""
    given = [item for item in items if _is_covered(view, item.asset)]
    return given, [item for item in items if item not in given]


def _is_covered(view: AccountView, asset: str) -> bool:
    told = view.facts.given_up.get(asset)
    if told is None:
        return False
    held = (item.amount for area in WALLETS for item in left(view, area) if item.asset == asset)
    return reduce(EXACT.add, held, ZERO) <= told.amount


def findings(view: AccountView, given: Sequence[Holding], *, area: Area) -> list[Finding]:
    """Return what is given up in one wallet, coin by coin: a warning once confirmed, until then a blocker."""
    found = []
    for asset in dict.fromkeys(item.asset for item in given):
        items = [item for item in given if item.asset == asset]
        if view.facts.given_up[asset].confirmed:
            code, verdict, wording = f"{area}_given_up_{slug(asset)}", Verdict.WARNING, "given_up"
        else:
            code, verdict, wording = f"{area}_giving_up_{slug(asset)}", Verdict.BLOCKED, "giving_up"
        found.append(finding(code, wording, area=area, verdict=verdict, found=items))
    return found
