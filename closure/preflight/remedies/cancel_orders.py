"""Cancel every open order but P2P ones, which run between two people (A09, A10, B12)."""

from django.utils.translation import gettext_lazy

from closure.enums import Area, Needs, OrderKind, RemedyCode
from closure.exchange.contract import Order
from closure.preflight.remedies import making
from closure.preflight.remedies.remedy import Call, Move, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line

CODE = RemedyCode.CANCEL_ORDERS


def moves(scene: Scene) -> list[Move]:
    """Return the one call that cancels them, naming each order."""
    orders = [item for item in scene.view.items(Area.ORDERS, Order) if item.kind != OrderKind.P2P]
    if not orders:
        return []
    what = making.listed(f"{item.side.label} {item.text} {item.symbol}" for item in orders)
    names = sorted(item.external_id for item in orders)
    line = Line("cancel_orders", {"count": str(len(orders)), "what": what})
    return [Move(call=Call.CANCEL_ORDERS, facts={"orders": names}, line=line)]


def plan(scene: Scene, _item: str) -> Preview:
    """Return what cancelling does."""
    return making.preview(CODE, moves(scene))


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Cancel all open orders"),
    verb=gettext_lazy("Cancel all orders"),
    needs=Needs.UNWIND,
    areas=(Area.ORDERS,),
    plan=plan,
)
