"""The daily withdrawal limit of the embedded core (B05): so many BTC in any 24 hours, by the level of the owner.

What was sent through the portal counts from when it left; what the history knows of others, from its own time.
Something without a price takes the limit of a whole day: nobody can say that it is less.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.models import Account
from closure.enums import TransactionKind, TransferKind
from closure.exchange import amounts
from closure.exchange.contract import CapUse
from closure.exchange.errors import Refused
from closure.exchange.ledger.books import WALLETS, rows
from closure.exchange.ledger.models import LedgerEffect, LedgerHolding, LedgerTransaction
from closure.exchange.ledger.prices import FIAT, PLACES, PRICES, value_of
from closure.preflight.caps import BTC, DAY, daily_cap, room

WITHDRAW = "withdraw"


def level_of(account_id: UUID) -> int:
    """Return the verification level of an owner, the one fact that this core asks the portal; unknown people have 0."""
    return Account.objects.filter(pk=account_id).values_list("identity_level", flat=True).first() or 0


def check(account_id: UUID, *, asset: str, amount: Decimal, now: datetime) -> None:
    """Raise Refused(`above_cap`) where the amount is more than may still leave in these 24 hours."""
    cap = daily_cap(level_of(account_id))
    btc = _in_btc(asset, amount, _value(account_id, asset, amount))
    if (cap if btc is None else btc) > room(used(account_id, now=now), cap=cap, now=now):
        raise Refused("above_cap")


def used(account_id: UUID, *, now: datetime) -> tuple[CapUse, ...]:
    """Return the withdrawals of the last 24 hours that count, oldest first; raises BadAmount for a broken row."""
    sent = rows(LedgerEffect, account_id).filter(call=WITHDRAW)
    ours = [(effect.done_at, effect.answer) for effect in sent.order_by("id")]
    known = {answer["transfer"] for _at, answer in ours}
    # What an effect does not say counts for the worst it can be.
    uses = [
        CapUse(at=at, btc=amounts.read(answer["btc"]) if answer.get("btc") else None)
        for at, answer in ours
        if at > now - DAY and answer.get("method", TransferKind.CRYPTO) == TransferKind.CRYPTO
    ]
    told = rows(LedgerTransaction, account_id).filter(
        kind=TransactionKind.WITHDRAWAL, time__gt=now - DAY, time__lte=now
    )
    uses += [
        CapUse(at=row.time, btc=_in_btc(row.asset, amounts.read(row.amount), _or_none(row.value_usdt)))
        for row in told.exclude(asset__in=FIAT)
        if row.reference not in known
    ]
    return tuple(sorted(uses, key=lambda use: use.at))


def worth(account_id: UUID, asset: str, amount: Decimal) -> str:
    """Return what a withdrawal counts for, in BTC, as text; empty when it is unpriced."""
    btc = _in_btc(asset, amount, _value(account_id, asset, amount))
    return "" if btc is None else amounts.plain(btc)


def _in_btc(asset: str, amount: Decimal, value: Decimal | None) -> Decimal | None:
    if asset == BTC:
        return amount
    return None if value is None else amounts.divide_down(value, PRICES[BTC], PLACES)


def _value(account_id: UUID, asset: str, amount: Decimal) -> Decimal | None:
    """Return the value in USDT by the core's price, or by what its holdings are valued at."""
    value = value_of(asset, amount)
    if value is not None:
        return value
    total, held = amounts.ZERO, amounts.ZERO
    for row in rows(LedgerHolding, account_id).filter(area__in=WALLETS, asset=asset):
        if row.value_usdt is None:
            return None
        total, held = amounts.add(total, amounts.read(row.value_usdt)), amounts.add(held, amounts.read(row.amount))
    return amounts.divide_down(amounts.multiply(total, amount), held, PLACES) if held else None


def _or_none(text: str | None) -> Decimal | None:
    return None if text is None else amounts.read(text)
