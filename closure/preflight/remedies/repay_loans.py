"""Repay loans whole, each from the same asset: of its own area first, then of the wallets (A04, B12)."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

from closure.enums import Area, Needs, RemedyCode
from closure.exchange import amounts
from closure.exchange.contract import Holding, Loan
from closure.preflight.remedies import making
from closure.preflight.remedies.remedy import Call, Move, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line

CODE = RemedyCode.REPAY_LOANS
AREAS = (Area.CROSS_MARGIN, Area.ISOLATED_MARGIN, Area.LOANS)


def moves(scene: Scene, *, areas: tuple[Area, ...] = AREAS) -> tuple[list[Move], list[Line]]:
    """Return one repayment for each asset owed in an area, and what is missing for the others."""
    made, notes = [], []
    for area in areas:
        for asset, owed in _owed(scene, area).items():
            told = {"amount": amounts.brief(owed), "asset": asset, "area": area.value}
            own = _own(scene, area, asset)
            there = amounts.add(own, scene.free.get(asset, amounts.ZERO))
            if there < owed:
                missing = amounts.brief(amounts.subtract(owed, there))
                notes.append(
                    Line(
                        "short",
                        {"owed": told["amount"], "missing": missing, "asset": asset, "area": area.value},
                    )
                )
                continue
            facts = {"area": area.value, "asset": asset}
            made.append(Move(call=Call.REPAY_LOAN, facts=facts, line=Line("repay_loan", told)))
            from_own = min(own, owed)
            scene.repaid[area, asset] = amounts.subtract(own, from_own)
            scene.free[asset] = amounts.subtract(there - own, owed - from_own)
    return made, notes


def _owed(scene: Scene, area: Area) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for item in scene.view.items(area, Loan):
        if item.amount:
            found[item.asset] = amounts.add(found.get(item.asset, amounts.ZERO), item.amount)
    return found


def _own(scene: Scene, area: Area, asset: str) -> Decimal:
    own = amounts.ZERO
    for item in scene.view.items(area, Holding):
        if item.asset == asset and item.unlocks is None:
            own = amounts.add(own, item.amount)
    return own


def plan(scene: Scene, _item: str) -> Preview:
    """Return what repaying takes."""
    made, notes = moves(scene)
    return making.preview(CODE, made, notes=notes)


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Repay your loans"),
    verb=gettext_lazy("Repay"),
    needs=Needs.UNWIND,
    areas=(*AREAS, Area.SPOT, Area.FUNDING, Area.FIAT),
    plan=plan,
    also=(RemedyCode.REDEEM_EARN, RemedyCode.SELL),
)
