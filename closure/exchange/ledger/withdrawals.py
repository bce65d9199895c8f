"""Withdrawals from the embedded core: fee and arrival are quoted first, then exactly that is done (B04, B06)."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from closure.enums import Direction, TransferKind
from closure.exchange import amounts
from closure.exchange.contract import Quote
from closure.exchange.errors import Refused
from closure.exchange.ledger import limits, quotes
from closure.exchange.ledger.books import WALLETS, Detail, debit, rows, state_of
from closure.exchange.ledger.models import LedgerAddress, LedgerTransfer
from closure.exchange.ledger.prices import FIAT, FIAT_FEES, OTHER_NETWORK_FEE, WITHDRAWAL_FEES, settles_at

WITHDRAW = limits.WITHDRAW


def quote(
    account_id: UUID, *, asset: str, amount: Decimal, address_id: str | None, method: TransferKind, now: datetime
) -> Quote:
    """Say what arrives, when, and the fee; raises Refused(`unknown_address`, `not_whitelisted`, `wrong_method`,
    `below_minimum`, `above_cap`)."""
    fee = _fee(account_id, asset=asset, address_id=address_id, method=method)
    if not amount.is_finite() or amount <= fee:
        raise Refused("below_minimum")
    _check_limit(account_id, asset=asset, amount=amount, method=method, now=now)
    settles = settles_at(method, asset, now)
    facts = {
        "asset": asset,
        "amount": amounts.plain(amount),
        "fee": amounts.plain(fee),
        "method": method.value,
        "address": address_id or "",
    }
    return Quote(
        quote_id=quotes.give(WITHDRAW, account_id, facts, now=now),
        asset=asset,
        amount=amount,
        fee=fee,
        fee_asset=asset,
        receives=amounts.subtract(amount, fee),
        receives_asset=asset,
        settles=settles,
    )


def withdraw(account_id: UUID, *, quote_id: str, now: datetime) -> Detail:
    """Send what was quoted: it leaves the balance at once and is on its way until it settles."""
    facts = quotes.read(quote_id, WITHDRAW, account_id, now=now)
    asset, method = facts["asset"], TransferKind(facts["method"])
    fee = _fee(account_id, asset=asset, address_id=facts["address"] or None, method=method)
    if amounts.plain(fee) != facts["fee"]:
        raise Refused("quote_changed")
    _check_limit(account_id, asset=asset, amount=amounts.read(facts["amount"]), method=method, now=now)
    btc = limits.worth(account_id, asset, amounts.read(facts["amount"]))
    debit(account_id, areas=WALLETS, asset=asset, amount=amounts.read(facts["amount"]))
    transfer = LedgerTransfer.objects.create(
        account_id=account_id,
        direction=Direction.OUT,
        kind=method,
        asset=asset,
        amount=facts["amount"],
        fee=facts["fee"],
        settles=settles_at(method, asset, now),
    )
    return {
        "transfer": str(transfer.pk),
        "amount": facts["amount"],
        "fee": facts["fee"],
        "asset": asset,
        "method": method.value,
        "btc": btc,
    }


def _check_limit(account_id: UUID, *, asset: str, amount: Decimal, method: TransferKind, now: datetime) -> None:
    """The daily limit is one of crypto (B05); banks have their own."""
    if method is TransferKind.CRYPTO:
        limits.check(account_id, asset=asset, amount=amount, now=now)


def _fee(account_id: UUID, *, asset: str, address_id: str | None, method: TransferKind) -> Decimal:
    if method is not TransferKind.CRYPTO:
        if asset not in FIAT or address_id is not None:
            raise Refused("wrong_method")
        return FIAT_FEES[method]
    if asset in FIAT:
        raise Refused("wrong_method")
    address = next((row for row in rows(LedgerAddress, account_id) if str(row.pk) == address_id), None)
    if address is None or address.asset != asset:
        raise Refused("unknown_address")
    if state_of(account_id).whitelist_on and not address.whitelisted:
        raise Refused("not_whitelisted")
    return WITHDRAWAL_FEES.get(address.network, OTHER_NETWORK_FEE)
