"""Carries out the plan of what is due, in set-based batches sorted by account (docs/architecture.md, "Finalization").

A batch is claimed by a lease in `next_try_at`, which fences: a mark is written only where state and lease still hold,
so whoever lost a request to a hold or to another worker writes nothing. The attempt at a step is committed before it
is made. A batch that fails is halved down to the one account, whose story stays on its row for staff.
"""

import logging
from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from accounts.failures import kind_and_place
from closure.finalization import claims, moves, plan
from closure.finalization.batch import Batch
from closure.finalization.claims import Claim
from closure.finalization.summary import Ending, Report, Summary, Tally, nobody

logger = logging.getLogger(__name__)
BATCH_SIZE = 500


def finalize_due(
    *,
    now: datetime,
    batch_size: int = BATCH_SIZE,
    limit: int | None = None,
    report: Report = nobody,
    stop: Callable[[], bool] = lambda: False,
) -> Summary:
    """Begin what is due and carry out what has begun; returns what became of it. Must not run inside a transaction.

    `limit` bounds the requests, `stop` is asked between batches, `report` is told how each request left the run.
    """
    tally, left = Tally(report=report), limit
    moves.unpark(now=now)
    while left != 0 and not stop():
        size = batch_size if left is None else min(batch_size, left)
        moves.begin(now=now, limit=size)
        claim = claims.claim(now=now, limit=size)
        if not claim.members:
            break
        _carry_out(claim, now=now, tally=tally)
        left = None if left is None else left - len(claim.members)
    return tally.summary()


def finalize_these(request_ids: Collection[UUID], *, now: datetime, report: Report = nobody) -> Summary:
    """Carry out what has begun of these requests and of no others; otherwise as `finalize_due`."""
    tally = Tally(report=report)
    moves.unpark(now=now, among=request_ids)
    while (claim := claims.claim(now=now, limit=BATCH_SIZE, among=request_ids)).members:
        _carry_out(claim, now=now, tally=tally)
    return tally.summary()


def _carry_out(claim: Claim, *, now: datetime, tally: Tally) -> None:
    """Walk a batch; halve it when something fails that no step foresaw."""
    batch = Batch(claim=claim, now=now, tally=tally)
    keys = list(claim.members)
    try:
        batch.walk()
    except Exception as error:  # noqa: BLE001  (whatever it is, the others of the batch go on)
        # The words of an error can hold personal data; its kind and place are enough to find it.
        logger.error("finalization of a batch of %s failed: %s", len(keys), kind_and_place(error))  # noqa: TRY400
        if len(keys) == 1:
            _keep_story(batch, error)
            return
    else:
        return
    middle = len(keys) // 2
    for half in (keys[:middle], keys[middle:]):
        _carry_out(claim.part(half), now=now, tally=tally)


def _keep_story(batch: Batch, error: Exception) -> None:
    for row in batch.claim.ours(list(batch.claim.members)):
        step = plan.first_undone(row.plan)
        if step is not None:
            batch.fail(row, step, type(error).__name__, ending=Ending.FAILED)
