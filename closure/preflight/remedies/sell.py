"""Sell an asset for USDT, all that is free of it, fee and proceeds shown first (B01, B12)."""

from dataclasses import replace

from django.utils.translation import gettext_lazy

from accounts.enums import Purpose
from closure.enums import Area, Needs, RemedyCode
from closure.exceptions import UnknownRemedy
from closure.exchange import amounts
from closure.preflight.remedies import making
from closure.preflight.remedies.remedy import QUOTE, Call, Move, Option, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line

CODE = RemedyCode.SELL
TO = "USDT"


def options(scene: Scene) -> list[Option]:
    """Return what has a price and can be sold."""
    return [
        Option(item=asset, line=Line("choose_sale", {"amount": amounts.brief(amount), "asset": asset}))
        for asset, amount in sorted(scene.free.items())
        if asset != TO and asset in scene.view.prices
    ]


def plan(scene: Scene, item: str) -> Preview:
    """Return what selling all of an asset gives."""
    amount = scene.free.get(item)
    if amount is None:
        raise UnknownRemedy
    quote = scene.core.quote(
        lambda gateway, account_id: gateway.quote_sale(account_id, asset=item, amount=amount, to_asset=TO)
    )
    text = amounts.brief(amount)
    line = Line("sell", {"amount": text, "asset": item, "to_asset": TO})
    move = Move(call=Call.SELL, facts={QUOTE: quote.quote_id}, line=line)
    return replace(making.preview(CODE, [move], item=item, quote=quote), action=(CODE.value, item, text, TO))


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Sell for USDT"),
    verb=gettext_lazy("Sell"),
    needs=Needs.TRADE,
    areas=(Area.SPOT, Area.FUNDING, Area.FIAT),
    plan=plan,
    options=options,
    purpose=Purpose.SELL_ASSETS,
    also=(RemedyCode.WITHDRAW_CRYPTO,),
)
