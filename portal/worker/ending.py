"""The wish to end, as a signal brings it."""

import signal
from contextlib import suppress
from queue import Empty, SimpleQueue


class Ending:
    """Asked for by signals, looked at and waited for by the thread that gets them.

    A handler runs between any two steps of that thread. `threading.Event` takes a lock to be set, and the thread that
    is about to wait holds it: a signal just then, or a second one during the first, would wait for itself for ever. A
    `SimpleQueue` may be put into from a handler.
    """

    def __init__(self) -> None:
        self._asked = False
        self._bell: SimpleQueue[None] = SimpleQueue()

    def listen(self, *numbers: signal.Signals) -> None:
        """Take these signals from now on; raises ValueError outside the main thread."""
        for number in numbers:
            signal.signal(number, lambda _number, _frame: self.ask())

    def ask(self) -> None:
        """End, please; more than once is the same."""
        self._asked = True
        self._bell.put(None)

    def is_asked(self) -> bool:
        """Tell whether the end was asked for."""
        return self._asked

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until the end is asked for; returns whether it was."""
        if not self._asked:
            with suppress(Empty):
                self._bell.get(timeout=seconds)
        return self._asked
