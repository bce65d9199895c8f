"""The threads of a worker, which all end the same way."""

import threading


class Part(threading.Thread):
    """A thread beside the supervisor: asked to end, waited for, and cut off with the process where that takes long."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._ended = threading.Event()

    def ask_to_end(self) -> None:
        """Stop after what is going on, and wait for nothing."""
        self._ended.set()

    def end(self, *, within: float) -> bool:
        """Stop after what is going on; returns whether it stopped within so many seconds."""
        self.ask_to_end()
        self.join(within)
        return not self.is_alive()
