"""Everything that is stored, as bytes: where something can still be read is found by looking."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection


def tables() -> Iterator[tuple[str, bytes]]:
    """Yield each table of the database with all its values."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  (a table of ours)
            yield table, b"\n".join(as_bytes(value) for row in cursor.fetchall() for value in row)


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each file below a folder; nobody may have an embedded database in there open."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def as_bytes(value: Any) -> bytes:
    """Return a value as it would be found."""
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
