"""Takes blocks off the list whose time is over, less what is on hold (G08, H05).

Whoever registers does not wait for this: a block ends at its date. What is held stays as a record of the closed
account; of it only what ends with an archive goes on blocking (accounts.blocked).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import blocked, copies
from accounts.models import Account, BlockedIdentity

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one block whose time is over."""

    block: BlockedIdentity
    held: bool


Report = Callable[[Outcome], None]


@dataclass
class Counts:
    """How many were released, and how many are over but held."""

    released: int = 0
    held: int = 0


def over(now: datetime) -> QuerySet[BlockedIdentity]:
    """Return the blocks whose time is over, oldest first."""
    return BlockedIdentity.objects.filter(for_ever_at=None, blocked_until__lte=now).order_by("blocked_until", "id")


def release(
    *,
    now: datetime,
    batch_size: int = BATCH,
    limit: int | None = None,
    dry_run: bool = False,
    report: Report = lambda _outcome: None,
    stop: Callable[[], bool] = lambda: False,
) -> Counts:
    """Delete blocks that are over, a transaction a batch, so that it goes on where it was stopped; returns the counts.

    `limit` bounds the blocks looked at, `stop` is asked between batches.
    """
    counts, last, left = Counts(), None, limit
    while left != 0 and not stop():
        size = batch_size if left is None else min(batch_size, left)
        batch = _batch(after=last, size=size, now=now, dry_run=dry_run)
        for outcome in batch:
            counts.held += outcome.held
            counts.released += not outcome.held
            report(outcome)
        if len(batch) < size:
            break
        last, left = batch[-1].block, None if left is None else left - size
    return counts


def _batch(*, after: BlockedIdentity | None, size: int, now: datetime, dry_run: bool) -> Sequence[Outcome]:
    rows = over(now)
    if after is not None:
        further = Q(blocked_until=after.blocked_until, id__gt=after.pk)
        rows = rows.filter(Q(blocked_until__gt=after.blocked_until) | further)
    with transaction.atomic():
        found = list(rows[:size])
        owners = {row.account_id for row in found}
        held = blocked.held(owners)
        if not dry_run:
            held |= _held_behind_locks(owners - held)
            free = {row.pk: row.file_id for row in found if row.account_id not in held}
            # Asked again: a date may have moved, or the block be for ever, since it was read.
            over(now).filter(pk__in=free).delete()
            copies.rewrite(set(free.values()))
    return [Outcome(block=row, held=row.account_id in held) for row in found]


def _held_behind_locks(owners: set[UUID]) -> set[UUID]:
    """Return who is held after all: whoever places a hold locks the account too, so none is placed from here on."""
    list(Account.objects.select_for_update().filter(pk__in=owners).order_by("pk").values_list("pk"))
    return blocked.held(owners)
