"""Listening to a history: believed or refused, silence and early ends included."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from accounts.ids import uuid7
from closure.enums import TransactionKind
from closure.exchange import listening
from closure.exchange.contract import Transaction
from closure.exchange.errors import Nonsense, Unreachable
from closure.exchange.listening import history

pytestmark = pytest.mark.row("H01")
BOUGHT = Transaction(
    time=datetime(2026, 1, 2, tzinfo=UTC),
    kind=TransactionKind.TRADE,
    asset="BTC",
    amount=Decimal("0.1"),
    text="0.1",
    fee="0",
    reference="t1",
)
SHORT = timedelta(milliseconds=50)


class Core:
    """A core that streams what it is given to."""

    def __init__(self, says: Callable[[], Iterator[Any]], *, remote: bool) -> None:
        self.says, self.remote, self.told = says, remote, 0

    def transactions(self, _account_id: UUID) -> Iterator[Any]:
        for each in self.says():
            self.told += 1
            yield each


def listen(says: Callable[[], Iterator[Any]], *, remote: bool, silence: timedelta = SHORT) -> list[Transaction]:
    core: Any = Core(says, remote=remote)
    return list(history(core, uuid7(), silence=silence))


@pytest.mark.parametrize("remote", [False, True])
@pytest.mark.parametrize("count", [0, 1, 3000])
def test_history_is_what_the_core_says(remote: bool, count: int) -> None:
    many = [replace(BOUGHT, reference=str(number)) for number in range(count)]
    assert listen(lambda: iter(many), remote=remote, silence=timedelta(seconds=5)) == many


@pytest.mark.parametrize("remote", [False, True])
@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {"time": 1},
        replace(BOUGHT, amount=0.1),  # type: ignore[arg-type]
        replace(BOUGHT, amount=Decimal("NaN")),
        replace(BOUGHT, amount=Decimal("Infinity")),
        replace(BOUGHT, kind="trade"),  # type: ignore[arg-type]
        replace(BOUGHT, reference=None),  # type: ignore[arg-type]
        replace(BOUGHT, time="2026"),  # type: ignore[arg-type]
        replace(BOUGHT, time=datetime(2026, 1, 2)),  # noqa: DTZ001
    ],
)
def test_history_that_is_none_is_refused(remote: bool, wrong: Any) -> None:
    with pytest.raises(Nonsense):
        listen(lambda: iter([BOUGHT, wrong]), remote=remote)


@pytest.mark.parametrize("remote", [False, True])
def test_history_that_breaks_off_raises_what_the_core_raises(remote: bool) -> None:
    def breaks() -> Iterator[Any]:
        yield BOUGHT
        raise KeyError("balances")

    with pytest.raises(KeyError):
        listen(breaks, remote=remote)


def test_remote_core_that_falls_silent_costs_a_deadline() -> None:
    def silent() -> Iterator[Any]:
        yield BOUGHT
        time.sleep(0.3)

    with pytest.raises(Unreachable):
        listen(silent, remote=True)


def test_remote_core_that_nobody_listens_to_any_more_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "AHEAD", 2)
    monkeypatch.setattr(listening, "LOOK_SECONDS", 0.01)
    core: Any = Core(lambda: iter([BOUGHT] * 1000), remote=True)
    told = history(core, uuid7())
    assert next(told) == BOUGHT
    told.close()
    time.sleep(0.1)
    assert core.told < 10


def test_remote_core_that_drips_for_ever_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "LONGEST", timedelta(milliseconds=50))

    def drips() -> Iterator[Any]:
        while True:
            time.sleep(0.01)
            yield BOUGHT

    with pytest.raises(Unreachable, match="not through"):
        listen(drips, remote=True, silence=timedelta(seconds=5))
