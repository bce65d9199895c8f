"""Listens to a core that streams, within bounds: one that falls silent costs a deadline, never the portal."""

import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from queue import Empty, Full, Queue
from uuid import UUID

from django.db import connection

from closure.enums import TransactionKind
from closure.exchange.contract import Gateway, Transaction
from closure.exchange.errors import Nonsense, Unreachable

SILENCE = timedelta(seconds=20)
# A core that drips ends somewhere too; a million transactions take a fraction of it.
LONGEST = timedelta(minutes=15)
AHEAD = 1000
LOOK_SECONDS = 0.2
# What the parts of a transaction are.
SHAPE = {
    "time": datetime,
    "kind": TransactionKind,
    "asset": str,
    "amount": Decimal,
    "text": str,
    "fee": str,
    "reference": str,
}
# Said once, when the core has told all.
END = object()


def history(gateway: Gateway, account_id: UUID, *, silence: timedelta = SILENCE) -> Generator[Transaction, None, None]:
    """Yield every transaction of an account, oldest first; close the generator when you stop early.

    Raises what the gateway raises, Unreachable when a remote one says nothing for `silence` or takes LONGEST, Nonsense
    for an answer that is none.
    """
    stream: Iterator[object] = (
        _bounded(gateway, account_id, silence) if gateway.remote else gateway.transactions(account_id)
    )
    for each in stream:
        yield _believed(each)


def _believed(each: object) -> Transaction:
    """Return a transaction as the contract shapes it; raises Nonsense for anything else."""
    if not isinstance(each, Transaction) or not all(isinstance(getattr(each, name), of) for name, of in SHAPE.items()):
        raise Nonsense("not a transaction")
    if not each.amount.is_finite() or each.time.tzinfo is None:
        raise Nonsense("not a transaction")
    return each


def _bounded(gateway: Gateway, account_id: UUID, silence: timedelta) -> Iterator[object]:
    told: Queue[object] = Queue(AHEAD)
    given_up = threading.Event()
    speak = partial(_speak, gateway, account_id, told, given_up)
    threading.Thread(target=speak, name="core-history", daemon=True).start()
    end = time.monotonic() + LONGEST.total_seconds()
    try:
        while (each := _next(told, silence)) is not END:
            yield each
            if time.monotonic() > end:
                message = f"not through in {LONGEST}"
                raise Unreachable(message)
    finally:
        given_up.set()


def _next(told: Queue[object], silence: timedelta) -> object:
    try:
        each = told.get(timeout=silence.total_seconds())
    except Empty as error:
        message = f"nothing said in {silence}"
        raise Unreachable(message) from error
    if isinstance(each, BaseException):
        raise each
    return each


def _speak(gateway: Gateway, account_id: UUID, told: Queue[object], given_up: threading.Event) -> None:
    """Put all that the core says, then END or what it raised, until nobody listens any more."""
    try:
        with closing(connection):
            for each in gateway.transactions(account_id):
                _say(each, told, given_up)
                if given_up.is_set():
                    return
        _say(END, told, given_up)
    except BaseException as error:  # noqa: BLE001  (handed to whoever listens, whatever it is)
        _say(error, told, given_up)


def _say(each: object, told: Queue[object], given_up: threading.Event) -> None:
    while not given_up.is_set():
        try:
            told.put(each, timeout=LOOK_SECONDS)
        except Full:
            continue
        return
