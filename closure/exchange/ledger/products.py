"""Futures and margin, Earn, liquidity, staking and loans at the embedded core: everything goes to spot, whole."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from closure.enums import Area
from closure.exchange import amounts
from closure.exchange.errors import Refused
from closure.exchange.ledger.books import WALLETS, Detail, credit, debit, holding, move_to_spot, rows
from closure.exchange.ledger.models import LedgerHolding, LedgerLoan, LedgerPosition
from closure.exchange.ledger.prices import PLACES, PRICES, unstaking_wait

MARGIN_AREAS = (Area.USDM_FUTURES, Area.COINM_FUTURES, Area.OPTIONS, Area.CROSS_MARGIN, Area.ISOLATED_MARGIN)
EARN_AREAS = (Area.EARN_FLEXIBLE, Area.EARN_LOCKED)


def move_margin(account_id: UUID, *, area: Area, asset: str) -> Detail:
    """Move a margin balance or collateral to spot (A03, A04); refused while a position or loan of the area needs it."""
    if area not in (*MARGIN_AREAS, Area.LOANS):
        raise Refused("wrong_area")
    if rows(LedgerPosition, account_id).filter(area=area).exists():
        raise Refused("position_open")
    if rows(LedgerLoan, account_id).filter(area=area).exists():
        raise Refused("loan_open")
    found = list(rows(LedgerHolding, account_id).filter(area=area, asset=asset).order_by("id"))
    if not found:
        raise Refused("unknown_holding")
    for row in found:
        move_to_spot(row)
    return {"moved": str(len(found)), "asset": asset}


def close_positions(account_id: UUID, *, area: Area) -> Detail:
    """Close every position of an area (A08). This core has no market: a position closes at the value it stands at."""
    found = rows(LedgerPosition, account_id).filter(area=area)
    if not found:
        raise Refused("unknown_position")
    count, _by_model = found.delete()
    return {"closed": str(count)}


def move_web3(account_id: UUID, *, asset: str) -> Detail:
    """Move a balance of the Web3 wallet to spot (A07)."""
    found = list(rows(LedgerHolding, account_id).filter(area=Area.WEB3, asset=asset).order_by("id"))
    if not found:
        raise Refused("unknown_holding")
    for row in found:
        move_to_spot(row)
    return {"moved": str(len(found)), "asset": asset}


def redeem_earn(account_id: UUID, *, external_id: str, now: datetime) -> Detail:
    """Redeem an Earn product (A05); raises Refused(`locked`) before the maturity of one not redeemable early."""
    row = holding(account_id, EARN_AREAS, external_id)
    if row.unlocks is not None and row.unlocks > now and not row.redeemable:
        raise Refused("locked")
    return _released(row)


def remove_liquidity(account_id: UUID, *, external_id: str) -> Detail:
    """Take a share out of its pool (A06): half of its value in each coin of the pair, at the core's prices."""
    row = holding(account_id, (Area.LIQUIDITY,), external_id)
    first, _slash, second = row.asset.partition("/")
    if row.value_usdt is None or not {first, second} <= PRICES.keys():
        return _released(row)
    value = amounts.read(row.value_usdt)
    one = amounts.divide_down(amounts.divide_down(value, Decimal(2), PLACES), PRICES[first], PLACES)
    rest = amounts.subtract(value, amounts.multiply(one, PRICES[first]))
    parts = {first: one, second: amounts.divide_down(rest, PRICES[second], PLACES)}
    row.delete()
    for asset, amount in parts.items():
        text, worth = amounts.plain(amount), amounts.multiply(amount, PRICES[asset])
        credit(account_id, area=Area.SPOT, asset=asset, amount=amount, text=text, value=worth)
    return {asset: amounts.plain(amount) for asset, amount in parts.items()}


def _released(row: LedgerHolding) -> Detail:
    moved = {"asset": row.asset, "amount": row.amount}
    move_to_spot(row)
    return moved


def unstake(account_id: UUID, *, external_id: str, now: datetime) -> Detail:
    """Begin to unstake (A06): the balance reaches spot by itself when the waiting time of the asset is over."""
    row = holding(account_id, (Area.STAKING,), external_id)
    if row.unbonding:
        raise Refused("already_unstaking")
    if not row.redeemable and row.unlocks is not None and row.unlocks > now:
        raise Refused("locked")
    row.unlocks = now + unstaking_wait(row.asset)
    row.unbonding = True
    row.save(update_fields=["unlocks", "unbonding"])
    return {"asset": row.asset, "amount": row.amount, "unlocks": row.unlocks.isoformat()}


def repay_loan(account_id: UUID, *, area: Area, asset: str) -> Detail:
    """Repay a loan whole, from its own area first, then from the wallets (A04); raises Refused(`insufficient`)."""
    found = list(rows(LedgerLoan, account_id).filter(area=area, asset=asset).order_by("id"))
    if not found:
        raise Refused("unknown_loan")
    owed = amounts.ZERO
    for loan in found:
        owed = amounts.add(owed, amounts.read(loan.amount))
        loan.delete()
    debit(account_id, areas=(area, *WALLETS), asset=asset, amount=owed)
    return {"repaid": amounts.plain(owed), "asset": asset}
