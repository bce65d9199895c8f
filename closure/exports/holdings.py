"""What an account holds now, area by area, believed only where it can be true."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Account
from closure import exchange
from closure.enums import CORE_AREAS, Area
from closure.exchange import amounts
from closure.exchange.contract import Item
from closure.exchange.errors import Nonsense
from closure.exports import history
from closure.preflight import runner
from closure.preflight.vetting import Vetted


def of_area(account: Account, area: Area, *, now: datetime) -> tuple[Item, ...]:
    """Return what an area holds; raises GatewayError when that cannot be read."""
    return _of(_read(account, now=now), area)


def everything(account: Account, *, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield every item of every area as facts by name; raises GatewayError when one area cannot be read."""
    read = _read(account, now=now)
    for area in CORE_AREAS:
        for item in _of(read, area):
            facts = {name: _plain(value) for name, value in asdict(item).items() if name not in {"text", "area"}}
            # As the core gave it, in place of the number that we count with.
            yield {"area": area.value, **facts, **({"amount": text} if (text := getattr(item, "text", "")) else {})}


def _read(account: Account, *, now: datetime) -> Vetted:
    return runner.read(account, gateway=exchange.get_gateway(), now=now)


def _of(read: Vetted, area: Area) -> tuple[Item, ...]:
    if area not in read.areas:
        message = f"{area.value} could not be read"
        raise Nonsense(message)
    return read.areas[area]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return amounts.plain(value)
    if isinstance(value, datetime):
        return history.moment(value)
    return list(value) if isinstance(value, tuple) else value
