"""Kills a process at a chosen moment of its work: right after one of its statements, committed or not."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections


@dataclass(frozen=True)
class Kill:
    """Right after a statement, committed or not, or right before it, with everything before that committed."""

    statement: int
    before: bool = False


def killed_after(statement: int, work: Callable[[], object]) -> bool:
    """Do the work in a child that kills itself after this many statements; returns whether it came that far."""
    return killed(Kill(statement), work)


def killed(kill: Kill, work: Callable[[], object]) -> bool:
    """Do the work in a child that is killed by SIGKILL at that moment; returns whether it came that far."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        _work_until_killed(kill, work)
    _pid, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        message = "the child failed before it was killed"
        raise RuntimeError(message)
    return os.WIFSIGNALED(status)


def statements(work: Callable[[], object]) -> list[str]:
    """Return the statements that the work takes when nobody kills it: of each, the step it belongs to, if any."""
    seen: list[str] = []

    def keep(execute: Callable[..., Any], *args: Any) -> Any:
        seen.append(step_taken())
        return execute(*args)

    with connection.execute_wrapper(keep):
        work()
    return seen


def around(steps: Sequence[str]) -> dict[tuple[str, str], Kill]:
    """Return {(step, moment): when to kill} for the moments before, during and after each step."""
    found: dict[tuple[str, str], Kill] = {}
    for step in dict.fromkeys(filter(None, steps)):
        first, last = steps.index(step) + 1, len(steps) - steps[::-1].index(step)
        found[step, "before"] = Kill(first, before=True)
        found[step, "during"] = Kill((first + last) // 2)
        found[step, "after"] = Kill(last)
    return found


def step_taken() -> str:
    """Return the step of finalization that runs now, by the calls on the stack; empty between steps."""
    frame = sys._getframe()
    while (caller := frame.f_back) is not None:
        frame = caller
        if frame.f_code.co_name == "_take" and "step" in frame.f_locals:
            return str(frame.f_locals["step"].name)
    return ""


def _work_until_killed(kill: Kill, work: Callable[[], object]) -> None:
    left = kill.statement

    def count(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0 and kill.before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(*args)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    try:
        with connection.execute_wrapper(count):
            work()
        os._exit(0)
    except BaseException:  # noqa: BLE001  (a child of the test run must end here, whatever happens)
        traceback.print_exc()
        os._exit(1)
