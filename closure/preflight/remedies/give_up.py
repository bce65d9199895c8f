"""Give up an asset for which the core refuses every way out (B12): it is asked for each of them first.

An address is part of a way out: where none is saved for the asset, nobody has asked the core yet.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from closure.enums import Area, Needs, RemedyCode, TransferKind
from closure.exceptions import NothingToClear, RemedyRefused, StillRemediable, UnknownRemedy
from closure.exchange import amounts
from closure.exchange.contract import Holding, Quote
from closure.preflight.remedies import convert_dust, making, sell
from closure.preflight.remedies.remedy import Call, Move, Option, Preview, Remedy, Scene
from closure.preflight.remedies.withdraw_fiat import METHODS
from closure.preflight.remedies.wordings import Line

CODE = RemedyCode.GIVE_UP
# Refusals that time or another setting lifts are no reason to lose anything.
FOR_GOOD = frozenset({"no_price", "below_minimum", "nothing_to_convert", "wrong_method"})


def options(scene: Scene) -> list[Option]:
    """Return what is held and not given up; whether the core refuses every way out is asked for the one chosen."""
    return [
        Option(item=asset, line=Line("choose_sale", {"amount": amounts.brief(amount), "asset": asset}))
        for asset, amount in sorted(scene.free.items())
        if asset not in scene.view.facts.given_up
    ]


def plan(scene: Scene, item: str) -> Preview:
    """Return what is given up; raises StillRemediable, and NothingToClear where the core could not be asked yet."""
    amount = scene.free.get(item)
    if amount is None:
        raise UnknownRemedy
    refusals = _refusals(scene, item, amount)
    text = amounts.brief(amount)
    line = Line("give_up", {"amount": text, "asset": item})
    move = Move(call=Call.GIVE_UP, facts={"asset": item, "amount": text, "refusals": refusals}, line=line)
    notes = [Line("staff_confirm"), Line("never_income")]
    return replace(making.preview(CODE, [move], item=item, notes=notes), action=(CODE.value, item, text))


def _refusals(scene: Scene, asset: str, amount: Decimal) -> dict[str, str]:
    """Return the core's reason for each way out; raises StillRemediable at the first that is open."""
    refusals = {}
    for name, ask in _ways_out(scene, asset, amount).items():
        try:
            ask()
        except RemedyRefused as error:
            if error.reason not in FOR_GOOD:
                raise StillRemediable from error
            refusals[name] = error.reason
        else:
            raise StillRemediable
    return refusals


def _ways_out(scene: Scene, asset: str, amount: Decimal) -> dict[str, Callable[[], object]]:
    def quoted(address_id: str | None, method: TransferKind) -> Callable[[], Quote]:
        return lambda: scene.core.quote(
            lambda gateway, account_id: gateway.quote_withdrawal(
                account_id, asset=asset, amount=amount, address_id=address_id, method=method
            )
        )

    if any(item.asset == asset for item in scene.view.items(Area.FIAT, Holding)):
        out = {method.value: quoted(None, method) for method in METHODS}
    else:
        saved = [each for each in scene.core.addresses() if each.whitelisted and each.asset == asset]
        out = {f"address_{number}": quoted(each.address_id, TransferKind.CRYPTO) for number, each in enumerate(saved)}
        if not saved:
            raise NothingToClear(
                _("Save a withdrawal address for %(asset)s on your whitelist first. Then we can ask whether it leaves.")
                % {"asset": asset}
            )
    return {**out, "sale": lambda: _sale(scene, asset, amount), "conversion": lambda: _conversion(scene, asset)}


def _sale(scene: Scene, asset: str, amount: Decimal) -> Quote:
    return scene.core.quote(
        lambda gateway, account_id: gateway.quote_sale(account_id, asset=asset, amount=amount, to_asset=sell.TO)
    )


def _conversion(scene: Scene, asset: str) -> Quote:
    quote = scene.core.quote(lambda gateway, account_id: gateway.quote_dust(account_id, to_asset=convert_dust.TO))
    if quote.takes and asset not in quote.takes:
        # Other coins can be converted, this one is not among them.
        raise RemedyRefused("", reason="nothing_to_convert")
    return quote


REMEDY = Remedy(
    code=CODE,
    title=gettext_lazy("Give up what nothing can be done with"),
    verb=gettext_lazy("Give it up"),
    needs=Needs.UNWIND,
    areas=(Area.SPOT, Area.FUNDING, Area.FIAT),
    plan=plan,
    options=options,
    typed=True,
)
