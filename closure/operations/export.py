"""Saving records before leaving: the transactions as CSV, safe to open in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from closure import drafts, exchange, journey
from closure.enums import Step
from closure.exchange.contract import Transaction
from closure.models import ClosureRequest

HEADER = ("time", "kind", "asset", "amount", "fee", "reference")
# A cell that begins so is run as a formula by spreadsheets; plain numbers may begin with a sign.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def mark_exported(request_id: UUID, *, skipped: bool, actor: Actor, now: datetime) -> ClosureRequest:
    """Keep that the owner saved the records, or chose not to; raises StepLocked before the check is passed (C05)."""
    with transaction.atomic():
        request = drafts.lock_draft(request_id, actor=actor)
        journey.check_open(request, Step.EXPORT, now=now)
        progress = {**request.progress, journey.EXPORTED: now.isoformat()}
        if skipped:
            progress[journey.EXPORT_SKIPPED] = now.isoformat()
        else:
            progress.pop(journey.EXPORT_SKIPPED, None)
        drafts.write(request, now=now, progress=progress)
    return request


def transactions_csv(account_id: UUID) -> Iterator[str]:
    """Yield the header and then a line for each transaction, as the core gives them; raises GatewayError.

    The first transaction is asked for before the header is given, so that a core that does not answer is known
    before a page begins to send a file.
    """
    transactions = iter(exchange.get_gateway().transactions(account_id))
    first = next(transactions, None)
    yield _line(HEADER)
    for each in chain(() if first is None else (first,), transactions):
        yield _line(_cells(each))


def _cells(each: Transaction) -> tuple[str, ...]:
    time = each.time.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return (time, each.kind.value, each.asset, each.text, each.fee, each.reference)


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet runs: what is not a plain number and begins like a formula gets a quote."""
    if text.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text
