"""What a page of the book says of a closure that is erased or closed: rows of class keep, codes, and sealed bytes.

Nothing on it can be read as somebody's: identifiers are keyed fingerprints, the archive is as sealed as in the database
and of no use without the key of its month.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from accounts.models import BlockedIdentity
from closure.effects import ENDED_AT_CORE
from closure.finalization import plan
from closure.finalization.plan import FinalStep
from closure.models import CheckRun, ClosureRequest, Effect, Receipt
from closure.restore.columns import told
from closure.retention import archive
from closure.retention.models import ArchivePrint, ArchiveRecord

# How far it had come, here and now; a page is of what is done.
LESS_REQUEST = frozenset(
    {"shard", "state", "version", "plan", "next_try_at", "parked_at", "held_from", "held_reasons", "held_at"}
    | {"ended_at", "first_ended_at", "end_reason"}
)
LESS_CHECK = frozenset({"shard", "result", "withdrawn_usdt"})
LESS_CALL = frozenset({"shard", "state", "attempts", "due_at", "done_at", "last_error"})
LESS = frozenset({"shard"})
# Records are read this many at a time: each may have some hundred kilobytes.
CHUNK = 20
Line = dict[str, Any]


def pages(
    requests: Sequence[ClosureRequest], *, erased_at: datetime | None
) -> Iterator[tuple[ClosureRequest, Line, Iterator[Line]]]:
    """Yield each request with the first line of its page and its records, which are taken before the next.

    Inside the caller's transaction, which holds the requests; nobody wraps the records anew until it ends. Requests
    come in order of their keys. `erased_at` is of those that are erased by this transaction.
    """
    keys = [request.pk for request in requests]
    archive.share_months(keys)
    heads = _heads(requests, erased_at)
    records = _records(keys)
    current = next(records, None)
    for request in sorted(requests, key=lambda each: each.pk):
        mine: Iterator[Line] = iter(())
        if current is not None and current[0] == request.pk:
            mine = current[1]
        yield request, heads[request.pk], mine
        if current is not None and current[0] == request.pk:
            current = next(records, None)


def _heads(requests: Sequence[ClosureRequest], erased_at: datetime | None) -> dict[UUID, Line]:
    keys = [request.pk for request in requests]
    receipts = {row.request_id: row for row in Receipt.objects.filter(request_id__in=keys)}
    # The last of each: later ones come over earlier ones.
    checks = {row.request_id: row for row in CheckRun.objects.filter(request_id__in=keys).order_by("created_at", "id")}
    calls = {
        (row.request_id, row.kind): row
        for row in Effect.objects.filter(request_id__in=keys, kind__in=ENDED_AT_CORE).order_by("id")
    }
    blocks = _by_file(BlockedIdentity.objects.filter(file_id__in=keys).order_by("id"))
    sealed = ArchiveRecord.objects.filter(file_id__in=keys).order_by("id").defer("box", "wrapped_key")
    records = _by_file(sealed)
    return {
        request.pk: {
            "account": {"id": str(request.account_id), "created_at": told(request.account)["created_at"]},
            "request": told(request, less=LESS_REQUEST),
            "closed_at": _closed_at(request, erased_at).astimezone(UTC).isoformat(),
            "check": told(checks[request.pk], less=LESS_CHECK) if request.pk in checks else None,
            "receipt": told(receipts[request.pk], less=LESS) if request.pk in receipts else None,
            "blocks": [told(row, less=LESS) for row in blocks.get(request.pk, ())],
            "calls": [told(row, less=LESS_CALL) for (key, _kind), row in calls.items() if key == request.pk],
            "records": [str(row.pk) for row in records.get(request.pk, ())],
            "months": sorted({row.key_month for row in records.get(request.pk, ())}),
        }
        for request in requests
    }


def _closed_at(request: ClosureRequest, erased_at: datetime | None) -> datetime:
    """Return when it closed; of one that is not through yet, when it was erased."""
    ended = request.ended_at or request.first_ended_at or plan.done_at(request.plan, FinalStep.ERASE) or erased_at
    if ended is None:
        raise ValueError("there is no page of what is not erased")
    return ended


def _by_file(rows: Iterable[Any]) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.file_id, []).append(row)
    return found


def _records(keys: Sequence[UUID]) -> Iterator[tuple[UUID, Iterator[Line]]]:
    prints: dict[UUID, list[ArchivePrint]] = {}
    for each in ArchivePrint.objects.filter(record__file_id__in=keys).order_by("id"):
        prints.setdefault(each.record_id, []).append(each)
    rows = ArchiveRecord.objects.filter(file_id__in=keys).order_by("file_id", "record_class", "part")
    for file_id, found in groupby(rows.iterator(chunk_size=CHUNK), key=lambda row: row.file_id):
        yield (
            file_id,
            (
                {
                    "record": told(row, less=LESS),
                    "prints": [told(each, less=LESS) for each in prints.get(row.pk, ())],
                }
                for row in found
            ),
        )
