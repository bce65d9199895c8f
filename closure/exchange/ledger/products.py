"""Futures and margin, Earn, liquidity, staking and loans at the embedded core: everything goes to spot, whole."""

from datetime import datetime
from uuid import UUID

from closure.enums import Area
from closure.exchange import amounts
from closure.exchange.errors import Refused
from closure.exchange.ledger.books import WALLETS, Detail, debit, holding, move_to_spot, rows
from closure.exchange.ledger.models import LedgerHolding, LedgerLoan, LedgerPosition
from closure.exchange.ledger.prices import OTHER_UNSTAKING_WAIT, UNSTAKING_WAIT

MARGIN_AREAS = (Area.USDM_FUTURES, Area.COINM_FUTURES, Area.OPTIONS, Area.CROSS_MARGIN, Area.ISOLATED_MARGIN)
EARN_AREAS = (Area.EARN_FLEXIBLE, Area.EARN_LOCKED)


def move_margin(account_id: UUID, *, area: Area, asset: str) -> Detail:
    """Move a margin balance to spot (A03, A04); refused while a position or loan of the area needs it."""
    if area not in MARGIN_AREAS:
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


def redeem_earn(account_id: UUID, *, external_id: str, now: datetime) -> Detail:
    """Redeem an Earn product (A05); raises Refused(`locked`) before the maturity of one not redeemable early."""
    row = holding(account_id, EARN_AREAS, external_id)
    if row.unlocks is not None and row.unlocks > now and not row.redeemable:
        raise Refused("locked")
    return _released(row)


def remove_liquidity(account_id: UUID, *, external_id: str) -> Detail:
    """Take a share out of its pool (A06)."""
    return _released(holding(account_id, (Area.LIQUIDITY,), external_id))


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
    row.unlocks = now + UNSTAKING_WAIT.get(row.asset, OTHER_UNSTAKING_WAIT)
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
