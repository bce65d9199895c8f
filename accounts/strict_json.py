"""Reads JSON that every reader understands alike: UTF-8, no name twice in an object, finite numbers, whole letters."""

import json
from typing import Any, NoReturn


def read(raw: bytes) -> Any:
    """Return what the bytes say; raises ValueError for whatever two readers, or a database, could take differently."""
    try:
        found = json.loads(raw.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_each_name_once)
        # A lone surrogate, written as an escape, is no text, and 1e999 is no number: neither can be written again.
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return found


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
