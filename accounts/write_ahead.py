"""The write-ahead log of an embedded database keeps what was erased until it is written over: it is emptied in time."""

from django.db import connection


def empty_log() -> bool:
    """Move the log into the database and empty it (invariant 10); returns whether that could be done now.

    Nobody waits for it: while somebody reads an older state it stays, and the next sweep tries again. PostgreSQL keeps
    its own log in its own time.
    """
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            busy, _frames, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={patience}")
    return not busy
