"""What an account holds, brought to the ledger as the line says it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.ids import shard_of
from closure.enums import TransactionKind
from closure.exchange import amounts
from closure.exchange.importing.errors import LineRefused
from closure.exchange.importing.shape import SECTIONS, Record
from closure.exchange.ledger.books import lock, rows
from closure.exchange.ledger.models import LedgerApiKey, LedgerDebt, LedgerTransaction
from closure.exchange.ledger.prices import value_of

Items = tuple[dict[str, Any], ...]
BATCH = 500


def replace(account_id: UUID, record: Record, *, is_new: bool) -> None:
    """Make the ledger hold what the record says; history is added to, revoked keys stay revoked."""
    if not is_new and lock(account_id).closed:
        raise LineRefused("the account is closed at the core")
    for name, items in record.sections.items():
        model, _fields = SECTIONS[name]
        if model is LedgerTransaction:
            _add_history(account_id, items, is_new=is_new)
        elif model is LedgerApiKey:
            _replace_keys(account_id, items, is_new=is_new)
        elif model is LedgerDebt:
            _replace_debts(account_id, items)
        else:
            if not is_new:
                rows(model, account_id).delete()
            _insert(model, account_id, items)


def _insert(model: Any, account_id: UUID, items: Items) -> None:
    if items:
        owner = {"account_id": account_id, "shard": shard_of(account_id)}
        model.objects.bulk_create([model(**owner, **item) for item in items], batch_size=BATCH)


def _replace_keys(account_id: UUID, items: Items, *, is_new: bool) -> None:
    revoked: set[str] = set()
    if not is_new:
        rows(LedgerApiKey, account_id).filter(revoked=False).delete()
        revoked = set(rows(LedgerApiKey, account_id).values_list("key_id", flat=True))
    _insert(LedgerApiKey, account_id, tuple(item for item in items if item["key_id"] not in revoked))


def _replace_debts(account_id: UUID, items: Items) -> None:
    """Write what is owed now; a debt that the line does not name any more is settled, and stays known as such."""
    rows(LedgerDebt, account_id).update(amount="0")
    owner = {"account_id": account_id, "shard": shard_of(account_id)}
    LedgerDebt.objects.bulk_create(
        [LedgerDebt(**owner, **item) for item in items],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["account_id", "asset"],
        update_fields=["amount", "network", "address"],
    )


def _add_history(account_id: UUID, items: Items, *, is_new: bool) -> None:
    known: dict[tuple[Any, ...], int] = {}
    if not is_new:
        columns = ("time", "kind", "asset", "amount", "reference")
        for key in rows(LedgerTransaction, account_id).values_list(*columns).iterator():
            known[key] = known.get(key, 0) + 1
    _insert(LedgerTransaction, account_id, tuple(_priced(item) for item in items if _is_new(item, known)))


def _is_new(item: Mapping[str, Any], known: dict[tuple[Any, ...], int]) -> bool:
    """Tell whether an entry is not yet there; two equal ones in a line are two."""
    key = (item["time"], item["kind"].value, item["asset"], item["amount"], item["reference"])
    if not known.get(key):
        return True
    known[key] -= 1
    return False


def _priced(item: dict[str, Any]) -> dict[str, Any]:
    """Add what a withdrawal was worth; the format has no value, so it is the core's price at the import."""
    if item["kind"] is not TransactionKind.WITHDRAWAL:
        return item
    value = value_of(item["asset"], amounts.read(item["amount"]))
    return {**item, "value_usdt": None if value is None else amounts.plain(value)}
