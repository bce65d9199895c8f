"""Withdraw an asset to a whitelisted address: all that is free, or what the daily limit lets leave (B01, B05, B06)."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext_lazy

from accounts.enums import Purpose
from closure.enums import Area, Needs, RemedyCode, TransferKind
from closure.exceptions import NothingToClear, UnknownRemedy
from closure.exchange import amounts
from closure.exchange.contract import Address, Holding
from closure.preflight.caps import BTC, btc_price, daily_cap, in_btc, room
from closure.preflight.dust import WALLETS
from closure.preflight.remedies import making
from closure.preflight.remedies.remedy import QUOTE, Call, Move, Option, Preview, Remedy, Scene
from closure.preflight.remedies.wordings import Line, refusal

CODE = RemedyCode.WITHDRAW_CRYPTO
# As fine as a limit is worth cutting: every network takes eight places.
LIMIT_PLACES = 8


def options(scene: Scene) -> list[Option]:
    """Return each whitelisted address of an asset that is held."""
    return [
        Option(item=each.address_id, line=Line("choose_address", _told(scene.free[each.asset], each)))
        for each in scene.core.addresses()
        if each.whitelisted and each.asset in scene.free
    ]


def plan(scene: Scene, item: str) -> Preview:
    """Return what arrives, the network's fee, and what stays for another day."""
    to = next((each for each in scene.core.addresses() if each.whitelisted and each.address_id == item), None)
    if to is None or to.asset not in scene.free:
        raise UnknownRemedy
    amount, notes = _within_limit(scene, to.asset)
    quote = scene.core.quote(
        lambda gateway, account_id: gateway.quote_withdrawal(
            account_id, asset=to.asset, amount=amount, address_id=item, method=TransferKind.CRYPTO
        )
    )
    move = Move(call=Call.WITHDRAW, facts={QUOTE: quote.quote_id}, line=Line("withdraw_crypto", _told(amount, to)))
    action = (CODE.value, to.asset, amounts.brief(amount), item, to.address)
    return replace(making.preview(CODE, [move], item=item, notes=notes, quote=quote), action=action)


def _told(amount: Decimal, to: Address) -> dict[str, str]:
    return {
        "amount": amounts.brief(amount),
        "asset": to.asset,
        "label": to.label or to.asset,
        "address": to.address,
        "network": to.network,
    }


def _within_limit(scene: Scene, asset: str) -> tuple[Decimal, list[Line]]:
    """Return how much may leave now; raises NothingToClear when that is nothing."""
    free, cap = scene.free[asset], daily_cap(scene.view.facts.identity_level)
    left = room(scene.view.cap_used, cap=cap, now=scene.now)
    worth = _worth(scene, asset)
    if worth is None:
        if left < cap:
            raise NothingToClear(refusal("above_cap"))
        return free, [Line("cap_unpriced", {"asset": asset})]
    whole = worth(free)
    if whole <= left:
        return free, []
    may = amounts.round_down(free * left / whole, LIMIT_PLACES)
    if not may:
        raise NothingToClear(refusal("above_cap"))
    stays = amounts.brief(amounts.subtract(free, may))
    return may, [Line("cap", {"cap": f"{cap:f}", "left": stays, "asset": asset})]


def _worth(scene: Scene, asset: str) -> Callable[[Decimal], Decimal] | None:
    """Return what gives the worth in BTC of an amount, None for what has no price."""
    holdings = [item for area in WALLETS for item in scene.view.items(area, Holding)]
    price = btc_price(holdings, scene.view.prices)
    if asset == BTC:
        return lambda amount: amount
    if price and asset in scene.view.prices:
        return lambda amount: amount * scene.view.prices[asset] / price
    held = [item for item in holdings if item.asset == asset and item.amount]
    worths = [in_btc(item, price=price, prices=scene.view.prices) for item in held]
    known = [worth for worth in worths if worth is not None]
    if len(known) < len(worths):
        return None
    total = sum((item.amount for item in held), amounts.ZERO)
    return lambda amount: amount * sum(known, amounts.ZERO) / total


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Withdraw to your own wallet"),
    verb=gettext_lazy("Withdraw"),
    needs=Needs.WITHDRAW,
    areas=(Area.SPOT, Area.FUNDING, Area.FIAT),
    plan=plan,
    options=options,
    purpose=Purpose.WITHDRAW_ASSETS,
    also=(RemedyCode.SELL, RemedyCode.CONVERT_DUST, RemedyCode.GIVE_UP),
)
