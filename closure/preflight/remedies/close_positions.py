"""Close every open position, area by area, at the market's price (A08): a trade, so it needs a fresh second factor."""

from django.utils.translation import gettext_lazy

from accounts.enums import Purpose
from closure.enums import Area, Needs, RemedyCode
from closure.exchange.contract import Position
from closure.preflight.remedies import making
from closure.preflight.remedies.remedy import Call, Move, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line
from closure.preflight.view import AccountView

CODE = RemedyCode.CLOSE_POSITIONS
AREAS = (
    Area.SPOT,
    Area.USDM_FUTURES,
    Area.COINM_FUTURES,
    Area.OPTIONS,
    Area.CROSS_MARGIN,
    Area.ISOLATED_MARGIN,
)


def open_in(view: AccountView, area: Area) -> list[Position]:
    """Return the positions of an area that are open."""
    return [item for item in view.items(area, Position) if item.amount]


def plan(scene: Scene, _item: str) -> Preview:
    """Return one move for each area; which price the market gives, nobody can say before."""
    found = {area: open_in(scene.view, area) for area in AREAS}
    moves = [
        Move(
            call=Call.CLOSE_POSITIONS,
            facts={"area": area.value},
            line=Line(
                "close_positions",
                {
                    "area": area.value,
                    "what": making.listed(f"{item.side.label} {item.text} {item.symbol}" for item in items),
                },
            ),
        )
        for area, items in found.items()
        if items
    ]
    return making.preview(CODE, moves)


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Close all positions"),
    verb=gettext_lazy("Close positions"),
    needs=Needs.TRADE,
    areas=AREAS,
    plan=plan,
    purpose=Purpose.SELL_ASSETS,
)
