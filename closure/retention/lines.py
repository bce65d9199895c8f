"""What is sealed, as text that outlives this program: JSON Lines, one row a line, its `table` says whose."""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

# A part is closed when it is as long as this; a single longer line is a part by itself.
PART_BYTES = 256 * 1024


def line(table: str, row: Mapping[str, Any]) -> bytes:
    """Return one row as a line; raises TypeError for a value that has no plain form."""
    told = {"table": table, **row}
    text = json.dumps(told, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def parts(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines in parts of bounded size; at least one, so that "there was nothing" is kept too."""
    part: list[bytes] = []
    size = 0
    for each in lines:
        if part and size + len(each) > PART_BYTES:
            yield b"".join(part)
            part, size = [], 0
        part.append(each)
        size += len(each)
    yield b"".join(part)


def read(part: bytes) -> list[dict[str, Any]]:
    """Return the rows of a part."""
    return [json.loads(each) for each in part.splitlines()]


def without(part: bytes, tables: Container[str]) -> bytes:
    """Return a part without the rows of some tables; raises ValueError for a line that is no row."""
    lines = part.splitlines(keepends=True)
    return b"".join(each for each in lines if _table(each) not in tables)


def _table(text: bytes) -> str:
    match json.loads(text):
        case {"table": str(name)}:
            return name
    raise ValueError("a line that is no row of a table")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    message = f"{type(value).__name__} has no plain form"
    raise TypeError(message)
