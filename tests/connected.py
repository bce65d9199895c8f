"""Somebody else who is connected to the database: whoever leaves last tidies up an embedded one, so nobody is last."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def connected(*, reads: bool = False) -> Iterator[None]:
    """Have another thread stay connected; it reads one state of the database all the while when asked to."""
    started, end = threading.Event(), threading.Event()
    other = threading.Thread(target=_stay, args=(started, end, reads))
    other.start()
    try:
        assert started.wait(20)
        yield
    finally:
        end.set()
        other.join()


def _stay(started: threading.Event, end: threading.Event, reads: bool) -> None:
    with connection.cursor() as cursor:
        if reads:
            # Begun by hand: a transaction of ours wants to write at once.
            cursor.execute("BEGIN")
        cursor.execute("SELECT count(*) FROM accounts_account")
        cursor.fetchone()
        started.set()
        end.wait(120)
        if reads:
            cursor.execute("ROLLBACK")
    connection.close()
