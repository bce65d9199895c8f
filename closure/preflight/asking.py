"""Asks the core for a snapshot, within bounds: a remote core that hangs costs a deadline, never the portal."""

import threading
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from uuid import UUID

from django.db import connection, transaction

from closure.exchange.contract import Gateway, Snapshot
from closure.exchange.errors import Unreachable

# Calls that outlived their deadline keep a thread until the gateway's own limits end them; more than this wait nowhere.
MOST_CALLS = 32
_calls = threading.BoundedSemaphore(MOST_CALLS)


def ask(gateway: Gateway, account_id: UUID, *, now: datetime, deadline: timedelta) -> Snapshot:
    """Return what the core answers, not vetted; raises what the gateway raises, or Unreachable past the deadline."""
    if gateway.remote:
        return _bounded(gateway, account_id, now=now, deadline=deadline)
    if connection.in_atomic_block:
        # A failing query of the embedded ledger must not break the caller's transaction.
        with transaction.atomic():
            return gateway.snapshot(account_id, now=now)
    return gateway.snapshot(account_id, now=now)


def _bounded(gateway: Gateway, account_id: UUID, *, now: datetime, deadline: timedelta) -> Snapshot:
    if not _calls.acquire(blocking=False):
        message = f"{MOST_CALLS} calls are still waiting for the core"
        raise Unreachable(message)
    answers: SimpleQueue[Snapshot | BaseException] = SimpleQueue()

    def call() -> None:
        try:
            answers.put(gateway.snapshot(account_id, now=now))
        except BaseException as error:  # noqa: BLE001  (handed to the caller, whatever it is)
            answers.put(error)
        finally:
            _calls.release()

    threading.Thread(target=call, name="core-snapshot", daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.total_seconds())
    except Empty as error:
        message = f"no answer in {deadline}"
        raise Unreachable(message) from error
    if isinstance(answer, BaseException):
        raise answer
    return answer
