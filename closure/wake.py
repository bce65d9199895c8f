"""Hints to whoever waits for work. The queue above plugs itself in; without one, sweeps find everything a bit later."""

from typing import Protocol
from uuid import UUID


class Waker(Protocol):
    """Takes the key of a request with work to do; None means "look for whatever is due"."""

    def __call__(self, request_id: UUID | None, /) -> None: ...


_waker: Waker | None = None


def plug(waker: Waker | None) -> None:
    """Plug in what carries hints (closure.apps); None takes it out again."""
    global _waker  # noqa: PLW0603  (process-wide by design, like the clock)
    _waker = waker


def wake(request_id: UUID | None = None) -> None:
    """Say, inside the transaction of a change, that there is work; the hint is lost with a transaction rolled back."""
    if _waker is not None:
        _waker(request_id)
