"""Move futures, options and margin balances to spot, and collateral that no loan needs any more (A03, A04, B12)."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

from closure.enums import Area, Needs, RemedyCode
from closure.exchange import amounts
from closure.exchange.contract import Holding, Loan
from closure.preflight.remedies import making
from closure.preflight.remedies.close_positions import open_in
from closure.preflight.remedies.remedy import Call, Move, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line

CODE = RemedyCode.MOVE_MARGIN
MARGIN = (Area.USDM_FUTURES, Area.COINM_FUTURES, Area.OPTIONS, Area.CROSS_MARGIN, Area.ISOLATED_MARGIN)
AREAS = (*MARGIN, Area.LOANS)


def moves(scene: Scene, *, areas: tuple[Area, ...] = AREAS) -> tuple[list[Move], list[Line]]:
    """Return one move for each asset of an area, and why an area has to wait."""
    made, notes = [], []
    for area in areas:
        held = _held(scene, area)
        wait = _waits_for(scene, area) if held else None
        if wait is not None:
            notes.append(Line(wait, {"area": area.value}))
            continue
        for asset, (amount, text) in held.items():
            line = Line("move_margin", {"amount": text, "asset": asset, "area": area.value})
            made.append(Move(call=Call.MOVE_MARGIN, facts={"area": area.value, "asset": asset}, line=line))
            scene.gain(asset, amount)
    return made, notes


def _held(scene: Scene, area: Area) -> dict[str, tuple[Decimal, str]]:
    """Return what is held, by asset, less what a repayment planned before this takes."""
    found: dict[str, tuple[Decimal, str]] = {}
    for item in scene.view.items(area, Holding):
        amount = amounts.add(found.get(item.asset, (amounts.ZERO, ""))[0], item.amount)
        if amount:
            found[item.asset] = (amount, item.text if item.asset not in found else amounts.brief(amount))
    for (repaid_in, asset), left in scene.repaid.items():
        if repaid_in is area and asset in found and left != found[asset][0]:
            found[asset] = (left, amounts.brief(left))
    return {asset: told for asset, told in found.items() if told[0]}


def _waits_for(scene: Scene, area: Area) -> str | None:
    if open_in(scene.view, area):
        return "position_first"
    owed = {(area, item.asset) for item in scene.view.items(area, Loan) if item.amount}
    return "loan_first" if owed - scene.repaid.keys() else None


def plan(scene: Scene, _item: str) -> Preview:
    """Return what moving does."""
    made, notes = moves(scene)
    return making.preview(CODE, made, notes=notes)


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Move balances to your spot wallet"),
    verb=gettext_lazy("Move to spot"),
    needs=Needs.UNWIND,
    areas=AREAS,
    plan=plan,
    also=(RemedyCode.CLOSE_POSITIONS, RemedyCode.REPAY_LOANS),
)
