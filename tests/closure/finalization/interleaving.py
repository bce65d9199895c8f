"""Lets something else happen in the middle of work, at each moment at which the work holds no transaction open."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection
from psycopg.pq import TransactionStatus

from tests.closure.finalization.killing import step_taken


def interleave(work: Callable[[], object], moment: int, act: Callable[[], object]) -> str | None:
    """Do the work; right before its statement number `moment` of those that find no transaction, act elsewhere.

    Returns the step of finalization that was taken then, empty between steps; None where the work ended before.
    """
    seen, at = 0, None

    def watch(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal seen, at
        if _is_free():
            seen += 1
            if seen == moment:
                at = step_taken()
                _elsewhere(act)
        return execute(*args)

    with connection.execute_wrapper(watch):
        work()
    return at


def _is_free() -> bool:
    raw: Any = connection.connection
    if connection.vendor == "sqlite":
        return not raw.in_transaction
    return bool(raw.info.transaction_status == TransactionStatus.IDLE)


def _elsewhere(act: Callable[[], object]) -> None:
    """Act on a connection of its own, and wait until that is done."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()
