"""A file as numbered JSON objects, one line in memory at a time, strictly read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn

from closure.exchange.importing.errors import LineRefused

LONGEST_LINE = 4 * 1024 * 1024
LONGEST_WHOLE_NUMBER = 18
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line that is not blank; `refused` says why it has no `content`."""

    number: int
    content: dict[str, Any] | None = None
    refused: LineRefused | None = None


def read_lines(file: BinaryIO) -> Iterator[Line]:
    """Yield the lines of an open file, blank ones left out but counted; a byte order mark at the start is skipped."""
    number = 0
    while raw := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            _skip_rest(file, raw)
            yield Line(number=number, refused=LineRefused(f"the line is longer than {LONGEST_LINE} bytes"))
            continue
        text = raw.removeprefix(BOM) if number == 1 else raw
        if text.strip():
            yield _line(number, text.rstrip())


def _skip_rest(file: BinaryIO, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = file.readline(LONGEST_LINE)


def _line(number: int, raw: bytes) -> Line:
    try:
        return Line(number=number, content=parse(raw))
    except LineRefused as error:
        return Line(number=number, refused=error)


def parse(raw: bytes) -> dict[str, Any]:
    """Return the object of a line; raises LineRefused for anything else, doubled keys, NaN and Infinity included."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise LineRefused(f"the line is not UTF-8 (byte {error.start + 1})") from error
    try:
        content = json.loads(
            text, object_pairs_hook=_single_keys, parse_constant=_no_constant, parse_float=_Fraction, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        raise LineRefused(f"the line is not JSON: {error.msg} (column {error.colno})") from error
    except RecursionError as error:
        raise LineRefused("the line is nested too deeply") from error
    if not isinstance(content, dict):
        raise LineRefused("the line is not a JSON object")
    return content


class _Fraction(str):
    """A number with a point or an exponent: no field takes one, amounts are text."""

    __slots__ = ()


def is_fraction(value: object) -> bool:
    """Tell a JSON number with a point from a JSON text."""
    return isinstance(value, _Fraction)


def _single_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise LineRefused("a key stands twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise LineRefused(f"{name} is not a value")


def _whole(text: str) -> int:
    if len(text) > LONGEST_WHOLE_NUMBER:
        raise LineRefused("a number is too long; amounts are text")
    return int(text)
