"""What every limited process does: give up all rights, read one file, answer, end. `sandbox.py` alone starts them.

The file is on the standard input, the answer goes to the standard output: one line of JSON, then a photo where there is
one. Modules are imported before; the first byte that somebody sent is read after everything was given up.
"""

import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from closure.evidence.exceptions import NotTaken
from closure.evidence.limits import MOST_BYTES, Limits
from closure.evidence.lockdown import lock_down

STDIN, STDOUT = 0, 1
_PEAK = re.compile(rb"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a process found: facts, and the photo that it made."""

    facts: dict[str, Any]
    photo: bytes = field(default=b"", repr=False)


def run(work: Callable[[bytes], Answer], limits: Limits) -> None:
    """Do the work on what is on the standard input, within the limits."""
    status = os.open("/proc/self/status", os.O_RDONLY)
    lock_down(limits)
    try:
        answer = work(_read())
    except NotTaken as error:
        answer = Answer(facts={"refused": error.refusal.value})
    used = {"peak_kb": _peak(status), "seconds": time.process_time()}
    _write(json.dumps({**answer.facts, **used}).encode() + b"\n" + answer.photo)


def _read() -> bytes:
    read = bytearray()
    while part := os.read(STDIN, MOST_BYTES + 1 - len(read)):
        read += part
    return bytes(read)


def _write(told: bytes) -> None:
    left = memoryview(told)
    while left:
        left = left[os.write(STDOUT, left) :]


def _peak(status: int) -> int:
    """Return the most memory that this process had, in KiB."""
    found = _PEAK.search(os.pread(status, 4096, 0))
    return int(found[1]) if found else 0
