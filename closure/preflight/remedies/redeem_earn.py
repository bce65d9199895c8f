"""Redeem Earn products to spot: flexible ones, ended locks, and locks that may be redeemed early (A05, B12)."""

from django.utils.translation import gettext_lazy

from closure.enums import Area, Needs, RemedyCode
from closure.exchange.contract import Holding
from closure.preflight.remedies import making
from closure.preflight.remedies.remedy import Call, Move, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line

CODE = RemedyCode.REDEEM_EARN
AREAS = (Area.EARN_FLEXIBLE, Area.EARN_LOCKED)


def moves(scene: Scene, *, early: bool) -> list[Move]:
    """Return one move for each product; `early`: also those whose end is still to come, where they allow it."""
    made = []
    for area in AREAS:
        for item in scene.view.items(area, Holding):
            is_early = item.unlocks is not None and item.unlocks > scene.now
            if not item.amount or (is_early and not (early and item.redeemable)):
                continue
            if item.unlocks is None and not item.redeemable:
                continue
            made.append(_move(item, is_early=is_early))
            scene.gain(item.asset, item.amount)
    return made


def _move(item: Holding, *, is_early: bool) -> Move:
    told = {"amount": item.text, "asset": item.asset, "area": item.area.value}
    line = Line("redeem", told)
    if is_early and item.unlocks is not None:
        line = Line("redeem_early", {**told, "until_day": item.unlocks.isoformat()})
    return Move(call=Call.REDEEM_EARN, facts={"external_id": item.external_id}, line=line)


def plan(scene: Scene, _item: str) -> Preview:
    """Return what redeeming gives."""
    return making.preview(CODE, moves(scene, early=True))


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Redeem Earn products"),
    verb=gettext_lazy("Redeem"),
    needs=Needs.UNWIND,
    areas=AREAS,
    plan=plan,
)
