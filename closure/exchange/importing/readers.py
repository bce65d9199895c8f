"""One reader for each kind of value in a line: it returns the value or says what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from closure.exchange import amounts
from closure.exchange.importing.errors import LineRefused
from closure.exchange.importing.lines import is_fraction

Reader = Callable[[Any], Any]
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
LARGEST_WHOLE = 32767
LONGEST_LIST = 100_000
LONGEST_TIME = 40
LONGEST_PASSWORD = 128
_SHOWN = 40
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_PASSWORD = re.compile(
    r"argon2\$argon2(?:id|i|d)\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{16,86}",
    re.ASCII,
)
# More would let one imported hash occupy the machine at each sign-in.
_PASSWORD_LIMITS = (262_144, 16, 16)


class Bad(ValueError):
    """What is wrong with a value, as the end of a sentence that begins with its field."""


@dataclass(frozen=True)
class Field:
    """How a field is read; without a default it must be there, with one null means the default."""

    read: Reader
    default: Any = ...


def read_object(value: Any, fields: Mapping[str, Field], where: str) -> dict[str, Any]:
    """Return the values of an object's fields by name; raises LineRefused naming the first field that is wrong."""
    if not isinstance(value, dict):
        raise LineRefused(f"{where or 'the line'} must be an object")
    prefix = f"{where}." if where else ""
    unknown = sorted(set(value) - set(fields))
    if unknown:
        raise LineRefused(f"{prefix}{shown(unknown[0])} is not a field")
    return {name: _read_field(value.get(name, ...), field, f"{prefix}{name}") for name, field in fields.items()}


def _read_field(value: Any, field: Field, where: str) -> Any:
    if value is None or value is ...:
        if field.default is ...:
            raise LineRefused(f"{where} is missing" if value is ... else f"{where} must not be null")
        return field.default
    try:
        return field.read(value)
    except Bad as error:
        raise LineRefused(f"{where} {error}") from error


def read_list(value: Any, fields: Mapping[str, Field], where: str) -> tuple[dict[str, Any], ...]:
    """Return the objects of a list; a list left out is empty."""
    if not isinstance(value, list):
        raise LineRefused(f"{where} must be a list")
    if len(value) > LONGEST_LIST:
        raise LineRefused(f"{where} has more than {LONGEST_LIST} entries")
    return tuple(read_object(item, fields, f"{where}[{index}]") for index, item in enumerate(value))


def shown(text: str) -> str:
    """Return a name from the file short and printable."""
    clean = _UNPRINTABLE.sub("?", text)
    return repr(clean if len(clean) <= _SHOWN else f"{clean[:_SHOWN]}…")


def text(longest: int, *, empty: bool = False) -> Reader:
    """Read text of at most `longest` characters."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or is_fraction(value):
            raise Bad("must be text")
        if len(value) > longest:
            raise Bad(f"is longer than {longest} characters")
        if _UNPRINTABLE.search(value):
            raise Bad("has a character that cannot be printed")
        if not empty and not value.strip():
            raise Bad("is empty")
        return value

    return read


def choice(choices: type[Enum], only: frozenset[Any] | None = None) -> Reader:
    """Read one of the values of an enum, or of a part of it."""
    allowed = {member.value: member for member in choices if only is None or member in only}

    def read(value: Any) -> Enum:
        if not isinstance(value, str) or value not in allowed:
            raise Bad(f"must be one of {', '.join(allowed)}")
        return allowed[value]

    return read


def amount(value: Any) -> str:
    """Read an amount and return its text, every digit as it came."""
    if not isinstance(value, str) or is_fraction(value):
        raise Bad("must be an amount as text")
    try:
        amounts.read(value)
    except amounts.BadAmount as error:
        raise Bad(str(error)) from error
    return value


def truth(value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise Bad("must be true or false")
    return value


def whole(value: Any) -> int:
    """Read a small whole number."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_WHOLE:
        raise Bad(f"must be a whole number from 0 to {LARGEST_WHOLE}")
    return value


def time(value: Any) -> datetime:
    """Read a time with its offset, as UTC."""
    try:
        found = datetime.fromisoformat(text(LONGEST_TIME)(value))
    except ValueError as error:
        raise Bad("must be a time such as 2026-01-02T03:04:05Z") from error
    if found.tzinfo is None:
        raise Bad("must say its time zone, such as Z")
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise Bad(f"must be in the years {EARLIEST_YEAR} to {LATEST_YEAR}")
    return found.astimezone(UTC)


def day(value: Any) -> date:
    """Read a date."""
    try:
        return date.fromisoformat(text(10)(value))
    except ValueError as error:
        raise Bad("must be a date such as 2026-01-31") from error


def matching(pattern: str, example: str) -> Reader:
    """Read text of one form."""
    compiled = re.compile(pattern, re.ASCII)

    def read(value: Any) -> str:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise Bad(f"must be like {example}")
        return value

    return read


def texts(longest: int, most: int) -> Reader:
    """Read a list of texts."""
    read_one = text(longest)

    def read(value: Any) -> list[str]:
        if not isinstance(value, list) or len(value) > most:
            raise Bad(f"must be a list of at most {most} texts")
        return [read_one(item) for item in value]

    return read


def password_hash(value: Any) -> str:
    """Read a Django argon2 hash; a plain password is refused and not repeated."""
    found = _PASSWORD.fullmatch(value) if isinstance(value, str) and len(value) <= LONGEST_PASSWORD else None
    if found is None:
        raise Bad("must be null or a Django argon2 hash, never plain")
    if any(int(given) > limit for given, limit in zip(found.groups(), _PASSWORD_LIMITS, strict=True)):
        raise Bad("asks for more work than a sign-in may take")
    return str(value)
