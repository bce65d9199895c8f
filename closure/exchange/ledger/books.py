"""What every write of the embedded core shares: the account's lock, a key that acts once, credit and debit."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction

from accounts.ids import shard_of
from closure.enums import Area
from closure.exchange import amounts
from closure.exchange.contract import Done
from closure.exchange.errors import Refused
from closure.exchange.ledger import debts
from closure.exchange.ledger.models import KEY_LENGTH, LedgerAccountState, LedgerEffect, LedgerHolding, LedgerRow
from closure.exchange.ledger.prices import PLACES

Row = TypeVar("Row", bound=LedgerRow)
Detail = Mapping[str, str]
# What a customer could trade or withdraw is taken from these, in this order.
WALLETS = (Area.SPOT, Area.FUNDING, Area.FIAT)


def rows(model: type[Row], account_id: UUID) -> models.QuerySet[Row]:
    """Return the rows of one account, by the index that leads with its shard."""
    return model._default_manager.filter(shard=shard_of(account_id), account_id=account_id)


def lock(account_id: UUID) -> LedgerAccountState:
    """Return the account's state, locked until the transaction ends; an account new to the core is open."""
    LedgerAccountState.objects.bulk_create([LedgerAccountState(account_id=account_id)], ignore_conflicts=True)
    return LedgerAccountState.objects.select_for_update().get(account_id=account_id)


def state_of(account_id: UUID) -> LedgerAccountState:
    """Return the account's state as it is, without a lock and without making it."""
    found = LedgerAccountState.objects.filter(account_id=account_id).first()
    return found or LedgerAccountState(account_id=account_id)


def once(
    account_id: UUID,
    call: str,
    facts: Mapping[str, Any],
    act: Callable[[LedgerAccountState], Detail],
    *,
    key: str,
    now: datetime,
) -> Done:
    """Do a write once: the same key answers what it answered, another write with it is refused (`key_reused`).

    After the account was closed only writes that were already done are answered (`closed`).
    """
    if not 0 < len(key) <= KEY_LENGTH:
        raise Refused("bad_key")
    digest = hashlib.sha256(json.dumps([str(account_id), call, facts], sort_keys=True, default=str).encode()).digest()
    with transaction.atomic():
        state = lock(account_id)
        kept = LedgerEffect.objects.filter(key=key).first()
        if kept is not None:
            if kept.account_id != account_id or bytes(kept.digest) != digest:
                raise Refused("key_reused")
            return Done(effect_id=str(kept.pk), detail=kept.answer)
        if state.closed:
            raise Refused("closed")
        answer = dict(act(state))
        done = LedgerEffect.objects.create(
            account_id=account_id, key=key, call=call, digest=digest, answer=answer, done_at=now
        )
        return Done(effect_id=str(done.pk), detail=answer)


def known(account_id: UUID, key: str) -> Done | None:
    """Return what a write of this account under this key answered; None where none was done."""
    kept = LedgerEffect.objects.filter(account_id=account_id, key=key).first()
    return None if kept is None else Done(effect_id=str(kept.pk), detail=kept.answer)


def refuse_closed(account_id: UUID) -> None:
    """Refuse whatever a closed account may not be asked any more."""
    if state_of(account_id).closed:
        raise Refused("closed")


def refuse_frozen(state: LedgerAccountState) -> None:
    """Refuse trading and withdrawing while the account is frozen."""
    if state.frozen:
        raise Refused("frozen")


def credit(account_id: UUID, *, area: Area, asset: str, amount: Decimal, text: str, value: Decimal | None) -> None:
    """Add to a free balance what a debt in this asset leaves of it.

    Without a value the whole becomes unpriced, because nobody knows what it is worth.
    """
    left = debts.pay(account_id, asset, amount) if area in WALLETS else amount
    if left != amount:
        if not left:
            return
        value = None if value is None else amounts.divide_down(amounts.multiply(value, left), amount, PLACES)
        amount, text = left, amounts.plain(left)
    row = rows(LedgerHolding, account_id).filter(area=area, asset=asset, unlocks=None, unbonding=False).first()
    if row is None:
        LedgerHolding.objects.create(
            account_id=account_id,
            area=area,
            asset=asset,
            amount=text,
            value_usdt=None if value is None else amounts.plain(value),
        )
        return
    before = amounts.read(row.amount)
    known = _value(row) if before else amounts.ZERO
    row.amount = amounts.plain(amounts.add(before, amount))
    row.value_usdt = None if known is None or value is None else amounts.plain(amounts.add(known, value))
    row.save(update_fields=["amount", "value_usdt"])


def _free(account_id: UUID, areas: Sequence[Area], asset: str) -> models.QuerySet[LedgerHolding]:
    return rows(LedgerHolding, account_id).filter(area__in=areas, asset=asset, unlocks=None, unbonding=False)


def free(account_id: UUID, *, areas: Sequence[Area], asset: str) -> Decimal:
    """Return how much of an asset could be taken from these areas."""
    return reduce(amounts.add, [amounts.read(row.amount) for row in _free(account_id, areas, asset)], amounts.ZERO)


def debit(account_id: UUID, *, areas: Sequence[Area], asset: str, amount: Decimal) -> None:
    """Take an amount from free balances, area by area; raises Refused(`insufficient`)."""
    left = amount
    there = _free(account_id, areas, asset).order_by("id")
    for row in sorted(there, key=lambda row: areas.index(Area(row.area))):
        taken = min(left, amounts.read(row.amount))
        _take(row, taken)
        left = amounts.subtract(left, taken)
        if not left:
            return
    if left:
        raise Refused("insufficient")


def _take(row: LedgerHolding, taken: Decimal) -> None:
    before, value = amounts.read(row.amount), _value(row)
    rest = amounts.subtract(before, taken)
    if not rest:
        row.delete()
        return
    row.amount = amounts.plain(rest)
    if value is not None:
        row.value_usdt = amounts.plain(amounts.divide_down(amounts.multiply(value, rest), before, PLACES))
    row.save(update_fields=["amount", "value_usdt"])


def move_to_spot(row: LedgerHolding) -> None:
    """Move one holding, whole, to the spot wallet."""
    credit(
        row.account_id,
        area=Area.SPOT,
        asset=row.asset,
        amount=amounts.read(row.amount),
        text=row.amount,
        value=_value(row),
    )
    row.delete()


def _value(row: LedgerHolding) -> Decimal | None:
    return None if row.value_usdt is None else amounts.read(row.value_usdt)


def holding(account_id: UUID, areas: Sequence[Area], external_id: str) -> LedgerHolding:
    """Return a holding by the id that a snapshot gave it; raises Refused(`unknown_holding`)."""
    for row in rows(LedgerHolding, account_id).filter(area__in=areas):
        if external_id in {row.external_id, str(row.pk)} - {""}:
            return row
    raise Refused("unknown_holding")
