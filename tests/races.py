"""Runs calls in many threads at the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import TracebackType
from typing import Any, Self, TypeVar

from django.db import connection

Result = TypeVar("Result")
WAIT_SECONDS = 30


class Racers:
    """Threads that keep their connections from race to race, because opening one takes longer than most races."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._barrier = Barrier(threads)
        self._pool = ThreadPoolExecutor(threads)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._all([_disconnect] * self.threads)
        self._pool.shutdown()

    def race(self, calls: Sequence[Callable[[], Result]]) -> list[Result | Exception]:
        """Return what each thread got, an exception included; takes one call for each and starts all at once."""
        return self._all([_with_connection(call) for call in calls])

    def _all(self, calls: Sequence[Callable[[], Any]]) -> list[Any]:
        def run(call: Callable[[], Any]) -> Any:
            # Nobody passes before everybody is here, so each thread takes exactly one call.
            self._barrier.wait(WAIT_SECONDS)
            try:
                return call()
            except Exception as error:  # noqa: BLE001  (what a thread met is what the test looks at)
                return error

        if len(calls) != self.threads:
            message = f"{len(calls)} calls for {self.threads} threads"
            raise ValueError(message)
        return list(self._pool.map(run, calls))


def _with_connection(call: Callable[[], Result]) -> Callable[[], Result]:
    def run() -> Result:
        connection.ensure_connection()
        return call()

    return run


def race(threads: int, call: Callable[[], Result]) -> list[Result | Exception]:
    """Run the same call once in so many threads; returns what each got, an exception included."""
    with Racers(threads) as racers:
        racers.race([_nothing] * threads)  # opens the connections
        return racers.race([call] * threads)


def _nothing() -> Any:
    return None


def _disconnect() -> None:
    connection.close()
