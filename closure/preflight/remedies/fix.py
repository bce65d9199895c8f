"""Everything that is safe to do at once, in an order that works: one preview, one confirmation (B12).

Small balances first, as they stand: the core's quote is for these. Orders free what they hold; products and pools come
to the wallets; margin loans are repaid, margin moved, then other loans repaid and their collateral moved; staking ends
last. Nothing here is sold, sent out or redeemed early.
"""

from django.utils.translation import gettext_lazy

from closure.enums import Area, Needs, RemedyCode
from closure.preflight.remedies import (
    cancel_orders,
    convert_dust,
    making,
    move_margin,
    redeem_earn,
    remove_liquidity,
    repay_loans,
    unstake,
)
from closure.preflight.remedies.remedy import Move, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line

CODE = RemedyCode.FIX
SAFE = (cancel_orders, convert_dust, move_margin, redeem_earn, remove_liquidity, repay_loans, unstake)
OWN = (Area.CROSS_MARGIN, Area.ISOLATED_MARGIN)


def plan(scene: Scene, _item: str) -> Preview:
    """Return all moves that can be made now, and what has to wait for the customer."""
    dust, quote = convert_dust.moves(scene)
    moves: list[Move] = [
        *dust,
        *cancel_orders.moves(scene),
        *redeem_earn.moves(scene, early=False),
        *remove_liquidity.moves(scene),
    ]
    notes: list[Line] = []
    for module, areas in (
        (repay_loans, OWN),
        (move_margin, move_margin.MARGIN),
        (repay_loans, (Area.LOANS,)),
        (move_margin, (Area.LOANS,)),
    ):
        made, waits = module.moves(scene, areas=areas)
        moves, notes = [*moves, *made], [*notes, *waits]
    return making.preview(CODE, [*moves, *unstake.moves(scene)], notes=notes, quote=quote)


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Fix what we can"),
    verb=gettext_lazy("Do all of this"),
    needs=Needs.TRADE,
    areas=tuple(dict.fromkeys(area for module in SAFE for area in module.REMEDY.areas)),
    plan=plan,
)
