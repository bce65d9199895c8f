"""What a frozen account holds and what happened in it, to look at and nothing else (E02).

Read from the core when asked, and believed only where it can be true: what could not be read is said to be so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Account
from closure import exchange
from closure.enums import CORE_AREAS, Area
from closure.exchange.contract import Holding, Transaction
from closure.exchange.errors import GatewayError
from closure.exports import history
from closure.preflight import asking, runner
from closure.preflight.findings import found_of
from closure.preflight.verdict import Found

# A longer history is a file; looking at it would mean to read all of it for each page.
LONGEST = 5_000
# A key of a program is nothing that is held.
SHOWN_AREAS = tuple(area for area in CORE_AREAS if area is not Area.API_KEYS)


@dataclass(frozen=True, kw_only=True)
class Held:
    """What one area holds; `found` None: it could not be read."""

    area: Area
    found: Sequence[Found] | None


def balances(account: Account, *, now: datetime) -> list[Held]:
    """Return every area that holds something or could not be read, in their order; never raises."""
    read = runner.read(account, gateway=exchange.get_gateway(), now=now)
    held = []
    for area in SHOWN_AREAS:
        items = read.areas.get(area)
        if items is None:
            held.append(Held(area=area, found=None))
        elif there := [item for item in items if not isinstance(item, Holding) or item.amount]:
            held.append(Held(area=area, found=[found_of(item) for item in there]))
    return held


def past(account: Account) -> list[Transaction] | None:
    """Return the history, newest first, None where it is longer than LONGEST; raises GatewayError."""
    return asking.within(exchange.get_gateway(), lambda: _past(account), deadline=runner.DEADLINE)


def _past(account: Account) -> list[Transaction] | None:
    found: list[Transaction] = []
    for each in history.transactions(account.pk):
        if len(found) == LONGEST:
            return None
        found.append(each)
    return found[::-1]


__all__ = ["LONGEST", "GatewayError", "Held", "balances", "past"]
