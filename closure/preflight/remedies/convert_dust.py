"""Convert all small balances to USDT in one go, fee and proceeds shown first (B02, B12)."""

from django.utils.translation import gettext_lazy

from closure.enums import Area, Needs, RemedyCode
from closure.exceptions import RemedyRefused
from closure.exchange.contract import Quote
from closure.preflight.remedies import making
from closure.preflight.remedies.remedy import QUOTE, Call, Move, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line

CODE = RemedyCode.CONVERT_DUST
TO = "USDT"
NOTHING = frozenset({"nothing_to_convert", "below_minimum"})


def moves(scene: Scene) -> tuple[list[Move], Quote | None]:
    """Return the conversion and its quote; nothing where the core has nothing to convert."""
    try:
        quote = scene.core.quote(lambda gateway, account_id: gateway.quote_dust(account_id, to_asset=TO))
    except RemedyRefused as error:
        if error.reason in NOTHING:
            return [], None
        raise
    taken = quote.takes or {quote.asset: f"{quote.amount:f}"}
    what = making.listed(f"{amount} {asset}" for asset, amount in taken.items())
    line = Line("convert_dust", {"what": what, "asset": quote.receives_asset})
    return [Move(call=Call.CONVERT_DUST, facts={QUOTE: quote.quote_id}, line=line)], quote


def plan(scene: Scene, _item: str) -> Preview:
    """Return what converting gives."""
    made, quote = moves(scene)
    return making.preview(CODE, made, quote=quote)


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Convert all small balances"),
    verb=gettext_lazy("Convert all small balances"),
    needs=Needs.TRADE,
    areas=(Area.SPOT, Area.FUNDING),
    plan=plan,
    also=(RemedyCode.WITHDRAW_CRYPTO, RemedyCode.SELL),
)
