"""The transactions of an account as they are written down: every digit, times in UTC, nothing left out (B10)."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from closure import exchange
from closure.enums import TransactionKind
from closure.exchange.contract import Transaction
from closure.exchange.errors import Nonsense
from closure.exports.work import Work
from closure.preflight.vetting_items import is_time

# What a core can say of an amount, any notation; it is written down as it came.
AMOUNT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
COLUMNS: Mapping[str, str | Promise] = {
    "time": _("When it happened, in UTC: 2026-01-31T23:59:59.123456Z."),
    "kind": _("trade, deposit, withdrawal, transfer, fee, reward, commission, p2p or conversion."),
    "asset": _("The coin or currency of amount and fee."),
    "amount": _("How much, with every digit that the exchange has."),
    "fee": _("The fee, in the same asset; 0 where there was none."),
    "reference": _("The name of the transaction at the exchange; empty where it has none."),
}
HEADER = tuple(COLUMNS)


def transactions(account_id: UUID) -> Iterator[Transaction]:
    """Yield the whole history, oldest first; raises GatewayError, also for what cannot be a transaction."""
    for each in exchange.get_gateway().transactions(account_id):
        if not _can_be(each):
            raise Nonsense("not a transaction")
        yield each


FACTS: Mapping[str, Callable[[Any], bool]] = {
    "time": is_time,
    "kind": lambda kind: isinstance(kind, TransactionKind),
    "asset": lambda asset: isinstance(asset, str),
    "text": lambda text: isinstance(text, str) and AMOUNT.fullmatch(text) is not None,
    "fee": lambda fee: isinstance(fee, str) and AMOUNT.fullmatch(fee) is not None,
    "reference": lambda reference: isinstance(reference, str),
}


def _can_be(each: object) -> bool:
    return isinstance(each, Transaction) and all(is_right(getattr(each, name)) for name, is_right in FACTS.items())


def table(work: Work) -> Iterator[tuple[str, ...]]:
    """Yield the header, then the cells of each transaction."""
    yield HEADER
    for each in work.counted(transactions(work.account.pk)):
        yield cells(each)


def cells(each: Transaction) -> tuple[str, ...]:
    """Return the cells of a transaction, in the order of HEADER."""
    return (moment(each.time), each.kind.value, each.asset, each.text, each.fee, each.reference)


def moment(at: datetime) -> str:
    """Return a time in UTC, to the microsecond where there is one."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
