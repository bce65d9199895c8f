"""Reads everything an account holds at the embedded core. Rows that make no sense take their area out of the answer."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from closure.enums import CORE_AREAS, Area, Direction, OrderKind, Side, TransactionKind, TransferKind
from closure.exchange import amounts
from closure.exchange.contract import (
    ApiKey,
    CapUse,
    Holding,
    Item,
    Loan,
    Nft,
    Order,
    Position,
    Referral,
    Snapshot,
    Transaction,
    Transfer,
    Withdrawal,
)
from closure.exchange.ledger import debts, limits
from closure.exchange.ledger.books import Row, rows, state_of
from closure.exchange.ledger.models import (
    LedgerApiKey,
    LedgerHolding,
    LedgerLoan,
    LedgerNft,
    LedgerOrder,
    LedgerPosition,
    LedgerReferral,
    LedgerTransaction,
    LedgerTransfer,
)
from closure.exchange.ledger.prices import PRICES, unstaking_wait

WITHDRAWN_LOOKS_BACK = timedelta(days=30)
CHUNK = 2000


def snapshot(account_id: UUID, *, now: datetime) -> Snapshot:
    """Return what the account holds; the lock on deposits is read first, so nothing arrives unseen behind it."""
    deposits_locked = state_of(account_id).deposits_locked
    reading = _Reading(account_id)
    reading.take(LedgerHolding, _holding, lambda row: Area(row.area))
    reading.take(LedgerPosition, _position, lambda row: Area(row.area))
    reading.take(LedgerOrder, _order, _area_of_order)
    reading.take(LedgerLoan, _loan, lambda row: Area(row.area))
    reading.take(LedgerTransfer, _transfer, lambda _row: Area.TRANSFERS)
    reading.take(LedgerApiKey, _api_key, lambda _row: Area.API_KEYS)
    reading.take(LedgerReferral, _referral, lambda _row: Area.REFERRALS)
    reading.take(LedgerNft, _nft, lambda _row: Area.NFT)
    return Snapshot(
        account_id=account_id,
        taken_at=now,
        areas=reading.areas(),
        withdrawals=_withdrawals(account_id, now),
        deposits_locked=deposits_locked,
        prices=PRICES,
        cap_used=_cap_used(account_id, now),
        unstaking={
            item.asset: unstaking_wait(item.asset) for item in reading.found[Area.STAKING] if isinstance(item, Holding)
        },
        debts=debts.owed(account_id),
    )


class _Reading:
    """Collects items by area; an area with an unreadable row is left out, and "missing" means "unknown"."""

    def __init__(self, account_id: UUID) -> None:
        self.account_id = account_id
        self.found: dict[Area, list[Item]] = {area: [] for area in CORE_AREAS}
        self.unreadable: set[Area] = set()

    def take(self, model: type[Row], read: Callable[[Row], Item | None], area_of: Callable[[Row], Area]) -> None:
        for row in rows(model, self.account_id).order_by("id"):
            area = area_of(row)
            try:
                item = read(row)
            except ValueError:
                self.unreadable.add(area)
            else:
                self.found[area] += [] if item is None else [item]

    def areas(self) -> dict[Area, tuple[Item, ...]]:
        return {area: tuple(items) for area, items in self.found.items() if area not in self.unreadable}


def _or_none(text: str | None) -> Decimal | None:
    return None if text is None else amounts.read(text)


def _holding(row: LedgerHolding) -> Holding:
    return Holding(
        area=Area(row.area),
        asset=row.asset,
        amount=amounts.read(row.amount),
        text=row.amount,
        value_usdt=_or_none(row.value_usdt),
        unlocks=row.unlocks,
        # What is coming free already cannot be redeemed once more.
        redeemable=row.redeemable and not row.unbonding,
        # A remedy needs a name for it even where the import gave none.
        external_id=row.external_id or str(row.pk),
    )


def _position(row: LedgerPosition) -> Position:
    return Position(
        area=Area(row.area),
        symbol=row.symbol,
        side=Side(row.side),
        amount=amounts.read(row.amount),
        text=row.amount,
        value_usdt=_or_none(row.value_usdt),
    )


def _area_of_order(row: LedgerOrder) -> Area:
    return Area.P2P if OrderKind.P2P in {row.kind, row.area} else Area.ORDERS


def _order(row: LedgerOrder) -> Order:
    return Order(
        area=_area_of_order(row),
        kind=OrderKind(row.kind),
        symbol=row.symbol,
        side=Side(row.side),
        amount=amounts.read(row.amount),
        text=row.amount,
        price=_or_none(row.price),
        external_id=row.external_id or str(row.pk),
    )


def _loan(row: LedgerLoan) -> Loan:
    return Loan(area=Area(row.area), asset=row.asset, amount=amounts.read(row.amount), text=row.amount)


def _transfer(row: LedgerTransfer) -> Transfer:
    return Transfer(
        direction=Direction(row.direction),
        kind=TransferKind(row.kind),
        asset=row.asset,
        amount=amounts.read(row.amount),
        text=row.amount,
        settles=row.settles,
    )


def _api_key(row: LedgerApiKey) -> ApiKey | None:
    if row.revoked:
        return None
    return ApiKey(key_id=row.key_id, label=row.label, scopes=tuple(row.scopes), last_used=row.last_used)


def _referral(row: LedgerReferral) -> Referral:
    return Referral(asset=row.asset, amount=amounts.read(row.amount), text=row.amount, settled=row.settled)


def _nft(row: LedgerNft) -> Nft:
    return Nft(collection=row.collection, token=row.token, chain=row.chain)


def _withdrawals(account_id: UUID, now: datetime) -> tuple[Withdrawal, ...] | None:
    found = rows(LedgerTransaction, account_id).filter(
        kind=TransactionKind.WITHDRAWAL, time__gte=now - WITHDRAWN_LOOKS_BACK, time__lte=now
    )
    try:
        return tuple(
            Withdrawal(
                time=row.time, asset=row.asset, amount=amounts.read(row.amount), value_usdt=_or_none(row.value_usdt)
            )
            for row in found.order_by("time", "id")
        )
    except ValueError:
        return None


def _cap_used(account_id: UUID, now: datetime) -> tuple[CapUse, ...]:
    try:
        return limits.used(account_id, now=now)
    except ValueError:
        # What cannot be read may be anything: the limit of today counts as used.
        return (CapUse(at=now, btc=None),)


def transactions(account_id: UUID) -> Iterator[Transaction]:
    """Yield the history, oldest first, in keyset chunks: memory does not grow with it."""
    after: tuple[datetime, UUID] | None = None
    while True:
        chunk = _chunk(account_id, after)
        for row in chunk:
            yield Transaction(
                time=row.time,
                kind=TransactionKind(row.kind),
                asset=row.asset,
                amount=amounts.read(row.amount),
                text=row.amount,
                fee=row.fee,
                reference=row.reference,
            )
        if len(chunk) < CHUNK:
            return
        after = (chunk[-1].time, chunk[-1].pk)


def _chunk(account_id: UUID, after: tuple[datetime, UUID] | None) -> list[LedgerTransaction]:
    found = rows(LedgerTransaction, account_id).order_by("time", "id")
    if after is not None:
        time, key = after
        # Two ranges instead of OR: both run on the index.
        same = list(found.filter(time=time, id__gt=key)[:CHUNK])
        return same + list(found.filter(time__gt=time)[: CHUNK - len(same)])
    return list(found[:CHUNK])
