"""Code that a limited process runs as if a photo had taken it over: it tries what it must not be able to do."""

import os
import resource
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from closure.evidence.child import Answer, run
from closure.evidence.limits import DECODING

PLACE = str(Path(tempfile.gettempdir()) / "taken-over")


def main() -> None:
    """Do what the argument says."""
    what, parent = sys.argv[1], os.getppid()
    run(lambda file: Answer(facts={"told": DEEDS[what](file, parent)}, photo=b"\xff"), DECODING)


def _tries(_file: bytes, parent: int) -> dict[str, str]:
    return {
        "open": _refused(lambda: os.open("/etc/hostname", os.O_RDONLY)),
        "write": _refused(lambda: os.open(PLACE, os.O_WRONLY | os.O_CREAT)),
        "network": _refused(lambda: socket.socket(socket.AF_INET)),
        "local": _refused(lambda: socket.socket(socket.AF_UNIX)),
        "fork": _refused(os.fork),
        "run": _refused(lambda: os.execv("/bin/true", ["true"])),  # noqa: S606
        "signal": _refused(lambda: os.kill(parent, signal.SIGTERM)),
        "raise": _refused(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))),
        "remove": _refused(Path(PLACE).unlink),
    }


def _refused(deed: Callable[[], Any]) -> str:
    try:
        deed()
    except (OSError, ValueError) as error:  # setrlimit says its own
        return type(error).__name__
    return "done"


DEEDS: dict[str, Callable[[bytes, int], Any]] = {
    "tries": _tries,
    "echo": lambda file, _parent: {"read": len(file), "environment": sorted(os.environ)},
    "memory": lambda _file, _parent: len(bytearray(300 * 1024 * 1024)),
    "forever": lambda _file, _parent: sum(number for number in iter(int, 1)),
    "sleep": lambda _file, _parent: time.sleep(60),
    "flood": lambda _file, _parent: [os.write(1, b"x" * 1_000_000) for _each in range(40)],
    "lie": lambda _file, _parent: os.write(1, b"[1, 2]\n") and os._exit(0),
    "die": lambda _file, _parent: os._exit(3),
}
