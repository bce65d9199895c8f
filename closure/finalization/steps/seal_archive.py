"""Seals what the law wants kept, before anything is erased (H01, H04); from here on it only goes forward.

A local step: the archive and the mark that says "sealed" are one transaction, so there is an archive if and only if
nothing can be cancelled any more. What the core has to say is asked before, outside of any transaction: deposits are
locked and the account is frozen, so it cannot change in between.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from accounts.failures import kind_and_place
from closure.finalization import archiving
from closure.finalization.outcomes import Done, Outcome, Retry
from closure.finalization.plan import FinalStep
from closure.finalization.steps.step import Run, Step
from closure.models import ClosureRequest
from closure.retention import archive
from closure.retention.spool import Spool

logger = logging.getLogger(__name__)


@contextmanager
def prepare(requests: Sequence[ClosureRequest], alive: Callable[[], None]) -> Iterator[Run]:
    """Ask the core for each history, then give what seals those that came whole."""
    with Spool() as spool:
        errors = {request.pk: _read(request, spool, alive) for request in requests}

        def run(locked: Sequence[ClosureRequest], now: datetime) -> Mapping[UUID, Outcome]:
            outcomes = {request.pk: _outcome(errors.get(request.pk, "history: not asked for")) for request in locked}
            whole = [request for request in locked if isinstance(outcomes[request.pk], Done)]
            archive.seal(archiving.files(whole, spool, now=now), now=now)
            return outcomes

        yield run


def _read(request: ClosureRequest, spool: Spool, alive: Callable[[], None]) -> str:
    """Put a history into the spool; returns why it could not be read, or nothing."""
    try:
        archiving.spool_history(request.account_id, spool, owner=request.pk, alive=alive)
    except Exception as error:  # noqa: BLE001  (whatever an adapter throws: unknown never advances, invariant 2)
        # What a core says about an account may hold personal data: kind and place are enough to find it.
        logger.warning("no history to seal: %s", kind_and_place(error))
        spool.drop(request.pk)
        return f"history: {type(error).__name__}"
    return ""


def _outcome(error: str) -> Outcome:
    return Retry(error=error) if error else Done()


STEP = Step(name=FinalStep.SEAL_ARCHIVE, prepare=prepare, local=True)
