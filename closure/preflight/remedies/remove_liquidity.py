"""Take every share out of its liquidity pool, to spot (A06, B12)."""

from django.utils.translation import gettext_lazy

from closure.enums import Area, Needs, RemedyCode
from closure.exchange.contract import Holding
from closure.preflight.remedies import making
from closure.preflight.remedies.remedy import Call, Move, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line

CODE = RemedyCode.REMOVE_LIQUIDITY


def moves(scene: Scene) -> list[Move]:
    """Return one move for each share that is free to leave."""
    shares = [item for item in scene.view.items(Area.LIQUIDITY, Holding) if item.amount]
    return [
        Move(
            call=Call.REMOVE_LIQUIDITY,
            facts={"external_id": item.external_id},
            line=Line("remove_liquidity", {"amount": item.text, "asset": item.asset}),
        )
        for item in shares
        if item.unlocks is None or item.unlocks <= scene.now or item.redeemable
    ]


def plan(scene: Scene, _item: str) -> Preview:
    """Return what leaving the pools does."""
    return making.preview(CODE, moves(scene))


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Remove your liquidity"),
    verb=gettext_lazy("Remove liquidity"),
    needs=Needs.UNWIND,
    areas=(Area.LIQUIDITY,),
    plan=plan,
)
