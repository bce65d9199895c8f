"""What the archive of an account is made of: what the classes name, the core's history, how it was decided."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import chain
from uuid import UUID

from django.db.models import Q

from accounts.models import Event, Note
from closure import exchange
from closure.exchange import listening
from closure.exchange.contract import Transaction
from closure.models import ClosureRequest
from closure.policy import loader
from closure.retention import archive
from closure.retention.archive import ArchiveFile
from closure.retention.collect import CHUNK, Collection, Owned, Pile, prints
from closure.retention.enums import RecordClass
from closure.retention.lines import line, parts
from closure.retention.schedule import Terms
from closure.retention.spool import Spool

# How the plan went and when it is tried again is no record of anything.
LEFT_OUT = frozenset({"id", "shard", "plan", "parked_at", "next_try_at", "first_ended_at"})
TRANSACTION = "core.Transaction"


def terms_of(request: ClosureRequest) -> Terms:
    """Return how long a closure's records are kept: by its pinned policy and the account's country (E08, H01)."""
    kept = loader.from_pinned(request.policy).retention
    years = {RecordClass.IDENTITY: kept.identity_years, RecordClass.TRANSACTIONS: kept.transactions_years}
    return Terms(years=years, country=request.account.country, may_lengthen=kept.jurisdiction_may_lengthen)


def spool_history(account_id: UUID, spool: Spool, *, owner: UUID, alive: Callable[[], None]) -> None:
    """Put what the core says happened on an account into the spool; raises whatever its gateway raises.

    Calls `alive` before it asks and with every transaction: a core may take its time.
    """
    alive()
    with closing(listening.history(exchange.get_gateway(), account_id)) as told:
        for part in parts(_history_lines(told, alive)):
            spool.put(owner, part)


def _history_lines(told: Iterable[Transaction], alive: Callable[[], None]) -> Iterator[bytes]:
    for each in told:
        alive()
        row = {
            "time": each.time,
            "kind": each.kind.value,
            "asset": each.asset,
            "amount": each.text,
            "fee": each.fee,
            "reference": each.reference,
        }
        yield line(TRANSACTION, row)


def files(requests: Sequence[ClosureRequest], spool: Spool, *, now: datetime) -> list[ArchiveFile]:
    """Return the file of each request, in order of accounts: the rows are locked, their histories are in the spool.

    Parts are read while they are taken, one account at a time; take them in this order.
    """
    keys = [request.account_id for request in requests]
    collected, decided, found = Collection(keys), Pile(_decisions(keys)), prints(keys)
    return [
        ArchiveFile(
            account_id=request.account_id,
            file_id=request.pk,
            closed_at=now,
            terms=terms_of(request),
            parts=_parts(request, collected, decided, spool),
            prints=found.get(request.account_id, ()),
        )
        for request in requests
    ]


def postpone(requests: Sequence[ClosureRequest], *, now: datetime) -> None:
    """Count the years of those that closed on a later day than they were sealed from the day they closed (H01)."""
    late = [request.pk for request in requests if request.sealed_at and request.sealed_at.date() < now.date()]
    if late:
        archive.postpone(late, closed_at=now, now=now)


def _parts(
    request: ClosureRequest, collected: Collection, decided: Pile, spool: Spool
) -> Iterator[tuple[RecordClass, bytes]]:
    rows = collected.take(request.account_id)
    decisions = [_request_line(request), *decided.take(request.account_id)]
    for part in parts(rows[RecordClass.IDENTITY]):
        yield RecordClass.IDENTITY, part
    for part in parts(chain(decisions, rows[RecordClass.CLOSURE_FILE])):
        yield RecordClass.CLOSURE_FILE, part
    # The history is at least one part, if an empty one; what else there was of transactions is a further one.
    more = rows[RecordClass.TRANSACTIONS]
    for part in chain(spool.read(request.pk), parts(more) if more else ()):
        yield RecordClass.TRANSACTIONS, part


def _request_line(request: ClosureRequest) -> bytes:
    """Return the request itself: what was acknowledged, the policy, who proposed and who approved."""
    columns = [field.attname for field in request._meta.concrete_fields if field.name not in LEFT_OUT]
    return line(request._meta.label, {name: getattr(request, name) for name in columns})


def _decisions(account_ids: Sequence[UUID]) -> Iterator[Owned]:
    """Yield what the journal says of these accounts' closures and reactivations, and of whatever somebody noted."""
    noted = Note.objects.filter(account_id__in=account_ids).values("event_id")
    decided = Q(action__startswith="closure.") | Q(action__startswith="reactivation.")
    events = Event.objects.filter(decided | Q(pk__in=noted), account_id__in=account_ids)
    rows = events.order_by("account_id", "pk").values_list("account_id", "body")
    for account_id, body in rows.iterator(chunk_size=CHUNK):
        if account_id is not None:
            yield account_id, line(Event._meta.label, json.loads(bytes(body)))
