"""A core that errs: the embedded ledger, and what a bad day makes of its answers.

Every fault is a function of the true answer, or of the call itself for writes: what comes back is what the portal gets.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Event
from typing import Any
from uuid import UUID

from django.db import OperationalError

from accounts import clock
from accounts.ids import uuid7
from closure.enums import Area
from closure.exchange.contract import Done, Holding, Item, Snapshot
from closure.exchange.errors import Nonsense, Refused, Unreachable
from closure.exchange.ledger.gateway import LedgerGateway

Reading = Callable[[Snapshot], object]
Write = Callable[[], Done]
PAGE = "<!doctype html><title>Maintenance</title>"


def fail(error: Exception) -> Any:
    """Raise it, where a function is wanted."""
    raise error


def coin(amount: str, external_id: str = "") -> Holding:
    """Return a balance that the core made up; an amount of nothing is harmless by itself."""
    number = Decimal(amount)
    return Holding(area=Area.SPOT, asset="BTC", amount=number, text=amount, value_usdt=number, external_id=external_id)


def lists(*items: object) -> Reading:
    """Return the fault of a core that lists these in the spot wallet."""
    listed: Any = items
    return lambda told: replace(told, areas={**told.areas, Area.SPOT: (*told.areas[Area.SPOT], *listed)})


def _without_spot(told: Snapshot) -> Snapshot:
    return replace(told, areas={area: items for area, items in told.areas.items() if area is not Area.SPOT})


def _reordered(told: Snapshot) -> Snapshot:
    areas: dict[Area, tuple[Item, ...]] = {area: items[::-1] for area, items in reversed(list(told.areas.items()))}
    return replace(told, areas=areas)


READS: dict[str, Reading] = {
    "refused": lambda _told: fail(Refused("maintenance")),
    "refused with 429": lambda _told: fail(Refused("too_many_requests")),
    "unreachable": lambda _told: fail(Unreachable("no answer")),
    "nonsense": lambda _told: fail(Nonsense("not JSON")),
    "bug in the adapter": lambda _told: fail(KeyError("balances")),
    "its database is gone": lambda _told: fail(OperationalError("server closed the connection")),
    "a page": lambda _told: PAGE,
    "nothing": lambda _told: None,
    "another type": lambda told: {"account_id": told.account_id, "areas": told.areas},
    "no areas": lambda told: replace(told, areas=None),  # type: ignore[arg-type]
    "truncated": _without_spot,
    "cut inside an area": lambda told: replace(told, areas={**told.areas, Area.SPOT: None}),  # type: ignore[dict-item]
    "text for items": lambda told: replace(told, areas={**told.areas, Area.SPOT: "BTC"}),  # type: ignore[dict-item]
    "garbage items": lists({"asset": "BTC"}, 7, None),
    "stale": lambda told: replace(told, taken_at=told.taken_at - timedelta(minutes=10)),
    "from the future": lambda told: replace(told, taken_at=told.taken_at + timedelta(minutes=10)),
    "without a zone": lambda told: replace(told, taken_at=told.taken_at.replace(tzinfo=None)),
    "of another account": lambda told: replace(told, account_id=uuid7()),
    "negative": lists(coin("-1")),
    "not a number": lists(coin("NaN")),
    "endless": lists(coin("Infinity")),
    "1e-30": lists(coin("1e-30")),
    "float": lists(replace(coin("0"), amount=0.0)),  # type: ignore[arg-type]
    "text of another amount": lists(replace(coin("0"), text="12")),
    "twice": lists(coin("0", "x-1"), coin("0", "x-1")),
}
# What is true in another order is true.
HARMLESS_READS: dict[str, Reading] = {"reordered": _reordered}


def _done_then(then: Callable[[], object]) -> Callable[[Write], object]:
    def act(write: Write) -> object:
        write()
        return then()

    return act


def _delivered_twice(write: Write) -> Done:
    write()
    return write()


WRITES: dict[str, Callable[[Write], object]] = {
    "refused": lambda _write: fail(Refused("maintenance")),
    "unreachable": lambda _write: fail(Unreachable("no answer")),
    "nonsense": lambda _write: fail(Nonsense("not JSON")),
    "bug in the adapter": lambda _write: fail(KeyError("id")),
    "a page": lambda _write: PAGE,
    "nothing": lambda _write: None,
    "no id": lambda _write: Done(effect_id=""),
    "id of another type": lambda _write: Done(effect_id=7),  # type: ignore[arg-type]
    "accepted, then no answer": _done_then(lambda: fail(Unreachable("no answer"))),
    "accepted, then refused": _done_then(lambda: fail(Refused("conflict"))),
    "accepted, then a page": _done_then(lambda: PAGE),
}
HARMLESS_WRITES: dict[str, Callable[[Write], object]] = {"delivered twice": _delivered_twice}


@dataclass
class FaultyGateway:
    """The ledger with a fault for each account, of readings or of one kind of write; without one it is the ledger."""

    core: LedgerGateway
    remote: bool = False
    hangs: bool = False
    reading: dict[UUID, Reading] = field(default_factory=dict)
    telling: dict[UUID, Reading] = field(default_factory=dict)  # histories alone
    writing: dict[UUID, Callable[[Write], object]] = field(default_factory=dict)
    call: str = ""
    given_up: Event = field(default_factory=Event)

    def hang(self) -> None:
        """Answer no reading before `heal`."""
        self.remote = self.hangs = True

    def heal(self) -> None:
        """Be the ledger again; what hangs gives up."""
        self.given_up.set()
        self.remote = self.hangs = False
        self.reading, self.telling, self.writing = {}, {}, {}

    def snapshot(self, account_id: UUID, *, now: datetime) -> Any:
        """Answer as the account's fault has it."""
        if self.hangs:
            self.given_up.wait()
            raise Unreachable("gave up")
        told = self.core.snapshot(account_id, now=now)
        fault = self.reading.get(account_id)
        return told if fault is None else fault(told)

    def transactions(self, account_id: UUID) -> Iterator[Any]:
        """Stream the history after what the account's fault makes of it."""
        fault = self.telling.get(account_id) or self.reading.get(account_id)
        if fault is not None and fault not in HARMLESS_READS.values():
            yield fault(self.core.snapshot(account_id, now=clock.now()))
        yield from self.core.transactions(account_id)

    def __getattr__(self, name: str) -> Any:
        """Return a write, with the account's fault where it is the one."""
        asked = getattr(self.core, name)
        if name != self.call:
            return asked

        def write(account_id: UUID, **facts: Any) -> object:
            fault = self.writing.get(account_id)
            return asked(account_id, **facts) if fault is None else fault(lambda: asked(account_id, **facts))

        return write
