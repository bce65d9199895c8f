"""The end of photos: after the decision, before sealing, or because their file is lost. Decisions stay, photos never.

The decision is that the case is resolved; so many days later, by the policy under which a photo was sent, it is
destroyed, unless a legal hold or a risk flag stands on its account (invariant 19). One that its owner took away goes at
once, or under a hold as soon as that ends. The row goes first, and its key with it: then the file is noise.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet

from accounts.actors import Actor
from accounts.journal import record
from accounts.models import Account
from closure.evidence import store
from closure.models import Evidence
from closure.retention import holding

PURGER = Actor.system("purge_evidence")
DESTROYED, SET_ASIDE = "evidence.destroyed", "evidence.set_aside"
OVER, TAKEN_AWAY, CLOSING, LOST = "time_over", "taken_away", "closing", "file_lost"
BATCH = 200
# A file is written right after its row: one that is missing for longer is lost.
WRITTEN_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one photo whose time is over."""

    evidence: Evidence
    held: bool


def sweep(now: datetime) -> dict[str, int]:
    """Destroy what is over and mend what does not fit; safe to run again, and by two workers at once."""
    outcomes = purge_due(now=now, batch_size=BATCH)
    return {"evidence_destroyed": sum(not each.held for each in outcomes), "evidence_mended": mend(now)}


def purge_due(
    *, now: datetime, batch_size: int, limit: int | None = None, stop: Callable[[], bool] = lambda: False
) -> list[Outcome]:
    """Destroy photos whose time is over, in batches, outside of a transaction; what is held is told and stays."""
    outcomes: list[Outcome] = []
    after = UUID(int=0)
    while not stop():
        size = batch_size if limit is None else min(batch_size, limit - len(outcomes))
        found = list(due(now).filter(pk__gt=after).order_by("pk")[:size]) if size else []
        if not found:
            break
        outcomes += _purge(found, now=now)
        after = found[-1].pk
    return outcomes


def due(now: datetime) -> QuerySet[Evidence]:
    """Return photos whose time is over, or that their owner took away, held or not."""
    until = ExpressionWrapper(F("case__resolved_at") + F("keep_for"), output_field=DateTimeField())
    return Evidence.objects.annotate(until=until).filter(Q(until__lte=now) | Q(taken_away_at__isnull=False))


def held(found: Collection[Evidence]) -> set[UUID]:
    """Return the keys of those that a hold keeps."""
    owners = holding.held({row.account_id for row in found})
    return {row.pk for row in found if row.account_id in owners}


def _purge(found: list[Evidence], *, now: datetime) -> list[Outcome]:
    with transaction.atomic(durable=True):
        # The accounts first, as everywhere: whoever holds one now is seen by the look that follows, or waits for it.
        owners = {row.account_id for row in found}
        list(Account.objects.select_for_update().filter(pk__in=owners).order_by("pk").values_list("pk"))
        left = list(due(now).filter(pk__in=[row.pk for row in found]).order_by("pk"))
        kept = held(left)
        gone = [row for row in left if row.pk not in kept]
        remove([row for row in gone if row.taken_away_at is None], reason=OVER, actor=PURGER, now=now)
        remove([row for row in gone if row.taken_away_at is not None], reason=TAKEN_AWAY, actor=PURGER, now=now)
    for row in gone:
        store.remove(row.file)
    return [Outcome(evidence=row, held=row.pk in kept) for row in left]


def remove(found: Collection[Evidence], *, reason: str, actor: Actor, now: datetime) -> None:
    """Delete rows, each with its event, inside the caller's transaction; their files are the caller's to remove."""
    for row in found:
        told = {"evidence": str(row.pk), "kind": row.kind, "reason": reason}
        record(DESTROYED, actor=actor, at=now, account_id=row.account_id, data=told)
    Evidence.objects.filter(pk__in=[row.pk for row in found]).delete()


def set_aside(row: Evidence, *, actor: Actor, now: datetime) -> None:
    """Keep a photo that a hold keeps and that is gone to its owner, with its event, in the caller's transaction."""
    row.taken_away_at = now
    row.save(update_fields=["taken_away_at"])
    told = {"evidence": str(row.pk), "kind": row.kind}
    record(SET_ASIDE, actor=actor, at=now, account_id=row.account_id, data=told)


def purge(account_ids: Collection[UUID], *, now: datetime) -> None:
    """Destroy every photo of these accounts, files first, inside the transaction that ends their exports (F02)."""
    found = list(Evidence.objects.select_for_update().filter(account_id__in=account_ids).order_by("id"))
    for row in found:
        store.remove(row.file)
    remove(found, reason=CLOSING, actor=PURGER, now=now)


def lose(row: Evidence, *, now: datetime) -> None:
    """Remove a row that has no file."""
    _remove_once([row], now=now)
    store.remove(row.file)


def mend(now: datetime) -> int:
    """Remove files that no row names, and rows whose file is gone; returns how many of both.

    A name is in its row before its file is made, so the folder is read first: what is there and unnamed then is left
    over from somebody who died.
    """
    there = store.names()
    rows = list(Evidence.objects.only("id", "file", "kind", "account_id", "taken_at"))
    strays = there - {row.file for row in rows}
    for name in strays:
        store.remove(name)
    lost = [row for row in rows if row.taken_at <= now - WRITTEN_WITHIN and not store.is_there(row.file)]
    return len(strays) + _remove_once(lost, now=now)


def _remove_once(rows: Iterable[Evidence], *, now: datetime) -> int:
    """Remove rows that are still there, each with its event; returns how many those were."""
    removed = 0
    for row in rows:
        with transaction.atomic():
            left = Evidence.objects.select_for_update().filter(pk=row.pk).first()
            if left is not None:
                remove([left], reason=LOST, actor=PURGER, now=now)
                removed += 1
    return removed
