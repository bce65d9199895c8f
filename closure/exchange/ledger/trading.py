"""Orders, dust and sales at the embedded core. What the fee is, the quote or the answer says; nothing else is lost."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from closure.enums import Area, OrderKind, TransactionKind
from closure.exchange import amounts
from closure.exchange.contract import Quote
from closure.exchange.errors import Refused
from closure.exchange.ledger import quotes
from closure.exchange.ledger.books import WALLETS, Detail, credit, debit, free, rows
from closure.exchange.ledger.models import LedgerHolding, LedgerOrder, LedgerTransaction
from closure.exchange.ledger.prices import DUST_BELOW, DUST_FEE, PLACES, PRICES, TRADE_FEE

DUST, SALE = "convert_dust", "sell"
ONE = Decimal(1)


def cancel_orders(account_id: UUID) -> Detail:
    """Cancel every order but P2P ones, which run between two people and cannot be forced (A10)."""
    orders = rows(LedgerOrder, account_id).exclude(kind=OrderKind.P2P).exclude(area=Area.P2P)
    count, _by_model = orders.delete()
    return {"cancelled": str(count)}


def quote_dust(account_id: UUID, *, to_asset: str, now: datetime) -> Quote:
    """Say what all dust gives in `to_asset`; raises Refused(`no_price`, `nothing_to_convert`, `below_minimum`)."""
    dust = _dust(account_id, to_asset)
    value, fee, receives = _price_dust(dust, to_asset)
    facts = {"to": to_asset, "of": _fingerprint(dust), "receives": amounts.plain(receives)}
    return Quote(
        quote_id=quotes.give(DUST, account_id, facts, now=now),
        asset="USDT",
        amount=value,
        fee=fee,
        fee_asset=to_asset,
        receives=receives,
        receives_asset=to_asset,
        takes=_takes(dust),
    )


def convert_dust(account_id: UUID, *, quote_id: str, now: datetime) -> Detail:
    """Convert what the quote showed; raises Refused(`quote_changed`) when the balances moved since."""
    facts = quotes.read(quote_id, DUST, account_id, now=now)
    to_asset, dust = facts["to"], _dust(account_id, facts["to"])
    _value, fee, receives = _price_dust(dust, to_asset)
    if (_fingerprint(dust), amounts.plain(receives)) != (facts["of"], facts["receives"]):
        raise Refused("quote_changed")
    for row in dust:
        _book(account_id, TransactionKind.CONVERSION, row.asset, amounts.read(row.amount), amounts.ZERO, now)
        row.delete()
    _receive(account_id, to_asset, receives)
    _book(account_id, TransactionKind.CONVERSION, to_asset, receives, fee, now)
    return {"receives": amounts.plain(receives), "asset": to_asset, "fee": amounts.plain(fee)}


def _dust(account_id: UUID, to_asset: str) -> list[LedgerHolding]:
    if to_asset not in PRICES:
        raise Refused("no_price")
    wallets = (Area.SPOT, Area.FUNDING)
    free = rows(LedgerHolding, account_id).filter(area__in=wallets, unlocks=None, value_usdt__isnull=False)
    return [row for row in free.exclude(asset=to_asset).order_by("id") if _is_dust(row)]


def _is_dust(row: LedgerHolding) -> bool:
    return bool(amounts.read(row.amount)) and amounts.read(row.value_usdt or "0") < DUST_BELOW


def _price_dust(dust: list[LedgerHolding], to_asset: str) -> tuple[Decimal, Decimal, Decimal]:
    """Return the value in USDT, and fee and proceeds in `to_asset`."""
    if not dust:
        raise Refused("nothing_to_convert")
    value = amounts.ZERO
    for row in dust:
        value = amounts.add(value, amounts.read(row.value_usdt or "0"))
    whole = amounts.divide_down(value, PRICES[to_asset], PLACES)
    receives = amounts.round_down(amounts.multiply(whole, ONE - DUST_FEE), PLACES)
    if not receives:
        raise Refused("below_minimum")
    return value, amounts.subtract(whole, receives), receives


def _takes(dust: list[LedgerHolding]) -> dict[str, str]:
    """Return how much of each asset goes, over all wallets."""
    taken: dict[str, Decimal] = defaultdict(Decimal)
    for row in dust:
        taken[row.asset] = amounts.add(taken[row.asset], amounts.read(row.amount))
    return {asset: amounts.plain(amount) for asset, amount in sorted(taken.items())}


def _fingerprint(dust: list[LedgerHolding]) -> str:
    return ";".join(f"{row.pk}={row.amount}={row.value_usdt}" for row in dust)


def quote_sale(account_id: UUID, *, asset: str, amount: Decimal, to_asset: str, now: datetime) -> Quote:
    """Say what a sale gives at the price of the core, less its fee; raises Refused(`no_price`, `bad_amount`,
    `insufficient`, `below_minimum`)."""
    if not amount.is_finite() or amount <= 0:
        raise Refused("bad_amount")
    if free(account_id, areas=WALLETS, asset=asset) < amount:
        raise Refused("insufficient")
    receives, fee = _price_sale(asset, amount, to_asset)
    facts = {
        "asset": asset,
        "amount": amounts.plain(amount),
        "to": to_asset,
        "receives": amounts.plain(receives),
    }
    return Quote(
        quote_id=quotes.give(SALE, account_id, facts, now=now),
        asset=asset,
        amount=amount,
        fee=fee,
        fee_asset=to_asset,
        receives=receives,
        receives_asset=to_asset,
    )


def sell(account_id: UUID, *, quote_id: str, now: datetime) -> Detail:
    """Sell what was quoted; raises Refused(`quote_changed`, `insufficient`)."""
    facts = quotes.read(quote_id, SALE, account_id, now=now)
    asset, to_asset, amount = facts["asset"], facts["to"], amounts.read(facts["amount"])
    receives, fee = _price_sale(asset, amount, to_asset)
    if amounts.plain(receives) != facts["receives"]:
        raise Refused("quote_changed")
    debit(account_id, areas=WALLETS, asset=asset, amount=amount)
    _receive(account_id, to_asset, receives)
    _book(account_id, TransactionKind.TRADE, asset, amount, amounts.ZERO, now)
    _book(account_id, TransactionKind.TRADE, to_asset, receives, fee, now)
    return {"receives": amounts.plain(receives), "asset": to_asset, "fee": amounts.plain(fee)}


def _price_sale(asset: str, amount: Decimal, to_asset: str) -> tuple[Decimal, Decimal]:
    """Return proceeds and fee in `to_asset`."""
    if asset not in PRICES or to_asset not in PRICES or asset == to_asset:
        raise Refused("no_price")
    whole = amounts.divide_down(amounts.multiply(amount, PRICES[asset]), PRICES[to_asset], PLACES)
    receives = amounts.round_down(amounts.multiply(whole, ONE - TRADE_FEE), PLACES)
    if not receives:
        raise Refused("below_minimum")
    return receives, amounts.subtract(whole, receives)


def _receive(account_id: UUID, asset: str, amount: Decimal) -> None:
    value = amounts.multiply(amount, PRICES[asset])
    credit(account_id, area=Area.SPOT, asset=asset, amount=amount, text=amounts.plain(amount), value=value)


def _book(account_id: UUID, kind: TransactionKind, asset: str, amount: Decimal, fee: Decimal, now: datetime) -> None:
    LedgerTransaction.objects.create(
        account_id=account_id,
        time=now,
        kind=kind,
        asset=asset,
        amount=amounts.plain(amount),
        fee=amounts.plain(fee),
    )
