"""Withdraw money by bank, SWIFT or a local method; the day of its arrival is shown first (B04, B12)."""

from dataclasses import replace

from django.utils.translation import gettext_lazy

from accounts.enums import Purpose
from closure.enums import Area, Needs, RemedyCode, TransferKind
from closure.exceptions import UnknownRemedy
from closure.exchange import amounts
from closure.exchange.contract import Holding
from closure.preflight.remedies import making
from closure.preflight.remedies.remedy import QUOTE, Call, Move, Option, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line

CODE = RemedyCode.WITHDRAW_FIAT
METHODS = (TransferKind.BANK, TransferKind.SWIFT, TransferKind.LOCAL)


def options(scene: Scene) -> list[Option]:
    """Return each method for each currency."""
    return [
        Option(item=f"{asset}:{method.value}", line=Line("choose_method", _told(scene, asset, method)))
        for asset in _currencies(scene)
        for method in METHODS
    ]


def plan(scene: Scene, item: str) -> Preview:
    """Return what arrives, on which day, and the fee."""
    asset, _colon, name = item.partition(":")
    if asset not in _currencies(scene) or name not in METHODS:
        raise UnknownRemedy
    method, amount = TransferKind(name), scene.free[asset]
    quote = scene.core.quote(
        lambda gateway, account_id: gateway.quote_withdrawal(
            account_id, asset=asset, amount=amount, address_id=None, method=method
        )
    )
    line = Line("withdraw_fiat", _told(scene, asset, method))
    move = Move(call=Call.WITHDRAW, facts={QUOTE: quote.quote_id}, line=line)
    action = (CODE.value, asset, amounts.brief(amount), method.value)
    return replace(making.preview(CODE, [move], item=item, quote=quote), action=action)


def _currencies(scene: Scene) -> list[str]:
    held = {item.asset for item in scene.view.items(Area.FIAT, Holding)}
    return sorted(held & scene.free.keys())


def _told(scene: Scene, asset: str, method: TransferKind) -> dict[str, str]:
    return {"amount": amounts.brief(scene.free[asset]), "asset": asset, "method": str(method.label)}


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Withdraw to your bank"),
    verb=gettext_lazy("Withdraw"),
    needs=Needs.WITHDRAW,
    areas=(Area.SPOT, Area.FUNDING, Area.FIAT),
    plan=plan,
    options=options,
    purpose=Purpose.WITHDRAW_ASSETS,
    also=(RemedyCode.GIVE_UP,),
)
