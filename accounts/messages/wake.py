"""Tells the queue that messages wait. The queue belongs to a higher floor, which plugs itself in; rows decide."""

from typing import Protocol


class Wake(Protocol):
    """Wakes whoever sends messages; called inside the transaction that queues one."""

    def __call__(self) -> None: ...


def nobody() -> None:
    """Wake nobody: the worker's own sweep finds what is due."""


_wake: Wake = nobody


def hint() -> None:
    """Say that a message waits."""
    _wake()


def set_wake(source: Wake) -> None:
    """Plug in the queue; `nobody` puts the default back."""
    global _wake  # noqa: PLW0603  (wiring is process-wide, done once at start)
    _wake = source
