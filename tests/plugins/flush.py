"""Lets the test framework empty the database although triggers refuse to delete from the journal.

Tests that commit end with a flush of every table. Only that flush, in its own transaction, goes past the triggers.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import pytest
from django.db import connection

Flush = Callable[[Any, Iterable[str]], None]


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    operations: Any = type(connection.ops)
    if not hasattr(operations.execute_sql_flush, "__wrapped__"):
        operations.execute_sql_flush = _past_triggers(operations.execute_sql_flush)


def _past_triggers(flush: Flush) -> Flush:
    """Wrap Django's flush so that the statements around it silence the triggers of this one transaction."""

    @wraps(flush)
    def execute_sql_flush(operations: Any, sql_list: Iterable[str]) -> None:
        before, after = AROUND[operations.connection.vendor](operations.connection)
        flush(operations, [*before, *sql_list, *after])

    return execute_sql_flush


def _around_sqlite(connection: Any) -> tuple[list[str], list[str]]:
    """Drop the triggers and make them again, in the words of the database itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        triggers = cursor.fetchall()
    quote = connection.ops.quote_name
    return [f"DROP TRIGGER {quote(name)}" for name, _sql in triggers], [sql for _name, sql in triggers]


def _around_postgresql(_connection: Any) -> tuple[list[str], list[str]]:
    """Play the replica, for which triggers do not fire; LOCAL ends it with the transaction."""
    return ["SET LOCAL session_replication_role = 'replica'"], []


AROUND = {"sqlite": _around_sqlite, "postgresql": _around_postgresql}
