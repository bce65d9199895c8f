"""What the queue runs. Tasks take ids only, find their work in our rows, and yield after ten seconds (finding 4).

A hint is written inside the transaction of the change it tells of: rolled back with it, it leaves nothing queued.
"""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from uuid import UUID

from django.db import close_old_connections
from django_q.tasks import async_task

from accounts import clock
from accounts.failures import kind_and_place
from accounts.messages.outbox import send_due
from closure import effects
from closure.finalization.runner import finalize_due

logger = logging.getLogger(__name__)
YIELD_SECONDS = 10.0
SLICE = 50


P = ParamSpec("P")


def _quiet(task: Callable[P, None]) -> Callable[P, None]:
    """Keep the words of a failure out of the queue's log and table; a hint that failed is lost, its rows are found."""

    @wraps(task)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            task(*args, **kwargs)
        except Exception as error:  # noqa: BLE001
            logger.error("task %s failed: %s", task.__name__, kind_and_place(error))  # noqa: TRY400
            close_old_connections()

    return run


def hint(request_id: UUID | None) -> None:
    """Queue a look at what waits, for one request first (closure.wake)."""
    async_task("closure.tasks.wake", None if request_id is None else str(request_id))


def hint_outbox() -> None:
    """Queue a look at the outbox (accounts.messages.wake)."""
    async_task("closure.tasks.send_outbox")


@_quiet
def wake(request_id: str | None = None) -> None:
    """Make the calls to the core that wait, and carry out the plans that are due."""
    if request_id is not None:
        effects.perform_for(UUID(request_id), now=clock.now())
    over = _deadline()
    while effects.perform_due(now=clock.now(), limit=SLICE) == SLICE and not over():
        pass
    while finalize_due(now=clock.now(), limit=SLICE, stop=over).total and not over():
        pass
    if over():
        hint(None)


@_quiet
def send_outbox() -> None:
    """Send the messages that wait."""
    over = _deadline()
    while (sent := send_due(now=clock.now(), limit=SLICE)).sent + sent.failed == SLICE:
        if over():
            hint_outbox()
            return


def _deadline() -> Callable[[], bool]:
    end = time.monotonic() + YIELD_SECONDS
    return lambda: time.monotonic() >= end
