"""Processes that never outlive who started them (Linux)."""

import ctypes
import os
import signal
import sys
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
PR_SET_CHILD_SUBREAPER = 36


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent ends, however the parent ends."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose own parent died, so that they can be waited for."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def call_me(name: str) -> None:
    """Show this process under a name of at most 15 letters, in `ps -e` and `top`."""
    _prctl(PR_SET_NAME, ctypes.create_string_buffer(name.encode()))


def follow(parent: int) -> None:
    """Tie this process and everything it will fork to `parent`; ends at once when that is gone already."""
    die_with_parent()
    if os.getppid() != parent:
        sys.exit(1)
    os.register_at_fork(after_in_child=die_with_parent)


def reap_group(group: int) -> bool:
    """Collect dead members of a process group; returns whether any member is left."""
    try:
        while os.waitpid(-group, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def kill_group(group: int) -> None:
    """Kill a whole process group at once; one that is gone already is fine."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _prctl(option: int, value: Any) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
