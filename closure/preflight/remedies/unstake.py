"""Unstake everything that can be; each asset comes free after the wait of its network, shown first (A06, B12)."""

from django.utils.translation import gettext_lazy

from closure.enums import Area, Needs, RemedyCode
from closure.exchange.contract import Holding
from closure.preflight.remedies import making
from closure.preflight.remedies.remedy import Call, Move, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line

CODE = RemedyCode.UNSTAKE


def moves(scene: Scene) -> list[Move]:
    """Return one move for each stake; what is coming free already, or is locked, is none."""
    stakes = [item for item in scene.view.items(Area.STAKING, Holding) if item.amount]
    return [
        Move(call=Call.UNSTAKE, facts={"external_id": item.external_id}, line=_line(scene, item))
        for item in stakes
        if item.redeemable or (item.unlocks is not None and item.unlocks <= scene.now)
    ]


def _line(scene: Scene, item: Holding) -> Line:
    told = {"amount": item.text, "asset": item.asset}
    wait = scene.view.unstaking.get(item.asset)
    if wait is None:
        return Line("unstake_undated", told)
    # By the day: the wait begins when it is confirmed, not now.
    free = (scene.now + wait).replace(hour=0, minute=0, second=0, microsecond=0)
    return Line("unstake", {**told, "until_day": free.isoformat()})


def plan(scene: Scene, _item: str) -> Preview:
    """Return what unstaking begins, and when each comes free."""
    return making.preview(CODE, moves(scene))


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Unstake"),
    verb=gettext_lazy("Unstake"),
    needs=Needs.UNWIND,
    areas=(Area.STAKING,),
    plan=plan,
)
