"""Text of a policy file to typed sections and back: one reader and one writer for each type the schema uses."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from closure.policy.schema import Policy

NONE = "none"
UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "min": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_DURATION = re.compile(r"(\d{1,6}) ?(d|h|min|s)", re.ASCII)
_DECIMAL = re.compile(r"\d{1,18}(\.\d{1,18})?", re.ASCII)
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


class _Malformed(ValueError):
    """One value that is not what its field needs; the message says what would be."""


def parse(mapping: Mapping[str, Any]) -> tuple[Policy | None, list[str]]:
    """Return the policy that a mapping spells and the problems found; there is a policy only when there are none."""
    problems: list[str] = []
    policy = _section(Policy, mapping, "", problems)
    return (None, problems) if problems else (policy, [])


def to_mapping(policy: Policy) -> dict[str, Any]:
    """Return the policy as JSON holds it: canonical, so that equal policies give equal bytes."""
    mapping: dict[str, Any] = _write(policy)
    return mapping


def _section(shape: type[Any], table: Any, where: str, problems: list[str]) -> Any:
    if not isinstance(table, Mapping):
        problems.append(f"[{where}] must be a section")
        return None
    hints = get_type_hints(shape)
    problems.extend(f"{_place(where, name)} is not a field" for name in sorted(set(table) - set(hints)))
    values: dict[str, Any] = {}
    for name, hint in hints.items():
        if name not in table:
            problems.append(f"{_place(where, name)} is missing")
        elif isinstance(hint, type) and is_dataclass(hint):
            values[name] = _section(hint, table[name], name, problems)
        else:
            values[name] = _value(hint, table[name], _place(where, name), problems)
    return None if problems else shape(**values)


def _place(where: str, name: str) -> str:
    return f"[{where}] {name}" if where else name


def _value(hint: Any, raw: Any, where: str, problems: list[str]) -> Any:
    try:
        return _read_name(raw) if where == "name" else _reader(hint)(raw)
    except _Malformed as error:
        problems.append(f"{where} {error}")
        return None


def _reader(hint: Any) -> Callable[[Any], Any]:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        read = _reader(inner[0])
        return lambda raw: None if raw is None or raw == NONE else read(raw)
    if origin is frozenset:
        return lambda raw: _read_set(inner[0], raw)
    if origin is tuple:
        # In one order, so that the same groups written otherwise are the same policy.
        return lambda raw: tuple(sorted((_reader(inner[0])(group) for group in _read_list(raw)), key=sorted))
    if issubclass(hint, Enum):
        return lambda raw: _read_choice(hint, raw)
    return _SIMPLE[hint]


def _read_list(raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise _Malformed("must be a list")
    return raw


def _read_set(choices: type[Enum], raw: Any) -> frozenset[Enum]:
    found = [_read_choice(choices, item) for item in _read_list(raw)]
    if len(set(found)) != len(found):
        raise _Malformed("names something twice")
    return frozenset(found)


def _read_choice(choices: type[Enum], raw: Any) -> Enum:
    values = [member.value for member in choices]
    if not isinstance(raw, str) or raw not in values:
        raise _Malformed(f"must be one of {', '.join(values)}")
    return choices(raw)


def _read_name(raw: Any) -> str:
    if not isinstance(raw, str) or not _NAME.fullmatch(raw) or len(raw) > 64:
        raise _Malformed("must be lower-case letters, digits and hyphens, 64 at most")
    return raw


def _read_bool(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise _Malformed("must be true or false")
    return raw


def _read_int(raw: Any) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 <= raw <= 1000:
        raise _Malformed("must be a whole number from 0 to 1000")
    return raw


def _read_decimal(raw: Any) -> Decimal:
    if not isinstance(raw, str) or not _DECIMAL.fullmatch(raw):
        raise _Malformed('must be an amount as text, such as "1" or "0.5"')
    return Decimal(raw)


def _read_duration(raw: Any) -> timedelta:
    found = _DURATION.fullmatch(raw) if isinstance(raw, str) else None
    if found is None:
        raise _Malformed('must be a duration as text, such as "7 d", "72 h" or "10 min"')
    return int(found[1]) * UNITS[found[2]]


_SIMPLE: dict[type, Callable[[Any], Any]] = {
    bool: _read_bool,
    int: _read_int,
    Decimal: _read_decimal,
    timedelta: _read_duration,
}


def duration_text(duration: timedelta) -> str:
    """Return a duration in the largest unit that divides it, as policy files write it."""
    name, unit = next((name, unit) for name, unit in UNITS.items() if not duration % unit)
    return f"{duration // unit} {name}"


def _write(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _write(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | tuple):
        return sorted(_write(item) for item in value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return duration_text(value) if isinstance(value, timedelta) else value
