"""Asks the core, within bounds: a remote core that hangs costs a deadline, never the portal."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction

from closure.exchange.contract import Gateway, Snapshot
from closure.exchange.errors import Unreachable

Answer = TypeVar("Answer")
# Calls that outlived their deadline keep a thread until the gateway's own limits end them; more than this wait nowhere.
MOST_CALLS = 32
_calls = threading.BoundedSemaphore(MOST_CALLS)


def ask(gateway: Gateway, account_id: UUID, *, now: datetime, deadline: timedelta) -> Snapshot:
    """Return what the core answers, not vetted; raises what the gateway raises, or Unreachable past the deadline."""
    return within(gateway, lambda: gateway.snapshot(account_id, now=now), deadline=deadline)


def within(gateway: Gateway, call: Callable[[], Answer], *, deadline: timedelta) -> Answer:
    """Make any call of a gateway and return its answer, not vetted; raises what it raises, or Unreachable.

    A write that outlived the deadline may still happen: only the same key, asked again, tells.
    """
    if gateway.remote:
        return _bounded(call, deadline=deadline)
    if connection.in_atomic_block:
        # A failing query of the embedded ledger must not break the caller's transaction.
        with transaction.atomic():
            return call()
    return call()


def _bounded(call: Callable[[], Answer], *, deadline: timedelta) -> Answer:
    if not _calls.acquire(blocking=False):
        message = f"{MOST_CALLS} calls are still waiting for the core"
        raise Unreachable(message)
    answers: SimpleQueue[tuple[Answer | None, BaseException | None]] = SimpleQueue()

    def answer() -> None:
        try:
            answers.put((call(), None))
        except BaseException as error:  # noqa: BLE001  (handed to the caller, whatever it is)
            answers.put((None, error))
        finally:
            _calls.release()

    threading.Thread(target=answer, name="core-snapshot", daemon=True).start()
    try:
        told, error = answers.get(timeout=deadline.total_seconds())
    except Empty as late:
        message = f"no answer in {deadline}"
        raise Unreachable(message) from late
    if error is not None:
        raise error
    return told  # type: ignore[return-value]  # None is an answer too, and not ours to judge
