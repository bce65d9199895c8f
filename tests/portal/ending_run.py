"""Sends a signal before each single step of a wait, and of its handler, and prints how many steps there were.

test_ending.py starts it: an end that waits for itself would hold whoever asks.
"""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from portal.worker.ending import Ending


def is_interrupted(do: Callable[[], object], step: int) -> bool:
    """Do something with a signal before the step of this number; returns whether it has so many."""
    seen = 0

    def trace(frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal seen
        frame.f_trace_opcodes = True
        if event == "opcode":
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGTERM)
        return trace

    sys.settrace(trace)
    try:
        do()
    finally:
        sys.settrace(None)
    return seen >= step


def steps_of(what: Callable[[Ending], object]) -> int:
    """Interrupt each step once, each time with an ending of its own; returns how many there are."""
    step = 0
    while True:
        ending = Ending()
        ending.listen(signal.SIGTERM)
        step += 1
        if not is_interrupted(lambda: what(ending), step):  # noqa: B023  (called at once)
            return step - 1
        if not ending.wait(0):
            message = f"the signal before step {step} is lost"
            raise AssertionError(message)


if __name__ == "__main__":
    print(steps_of(lambda ending: ending.wait(0.001)), steps_of(Ending.ask))  # noqa: T201
