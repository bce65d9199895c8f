"""Bring what is in the Web3 wallet to spot, from where it is sold or withdrawn like the rest (A07, B12)."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

from closure.enums import Area, Needs, RemedyCode
from closure.exchange import amounts
from closure.exchange.contract import Holding
from closure.preflight.remedies import making
from closure.preflight.remedies.remedy import Call, Move, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line

CODE = RemedyCode.EMPTY_WEB3


def plan(scene: Scene, _item: str) -> Preview:
    """Return one move for each asset."""
    held: dict[str, Decimal] = {}
    for item in scene.view.items(Area.WEB3, Holding):
        if item.amount:
            held[item.asset] = amounts.add(held.get(item.asset, amounts.ZERO), item.amount)
    moves = [
        Move(
            call=Call.MOVE_WEB3,
            facts={"asset": asset},
            line=Line("move_web3", {"amount": amounts.brief(amount), "asset": asset}),
        )
        for asset, amount in held.items()
    ]
    return making.preview(CODE, moves)


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Empty the Web3 wallet"),
    verb=gettext_lazy("Move to spot"),
    needs=Needs.UNWIND,
    areas=(Area.WEB3,),
    plan=plan,
)
