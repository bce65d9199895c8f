"""Starts limited processes, one for each file: no environment, no files, no secrets of ours, little memory and time.

File and answer pass through memory that the kernel keeps for the two (memfd), never through a disk. What comes back is
as little trusted as what was sent: its caller checks it.
"""

import json
import os
import select
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.conf import settings

from closure.evidence.limits import Limits

# One thread each: the limits count a process, and photos of others wait for the processor too.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
_START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from {module} import main; main()"


class NoAnswer(Exception):
    """The process used up what it may, broke, or said what we do not understand."""


class NotStarted(NoAnswer):
    """The machine has no process, memory or file handle left for it."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a process answered."""

    facts: dict[str, Any]
    photo: bytes


def run(module: str, *arguments: str, file: bytes, limits: Limits) -> Told:
    """Have one file read by a module in a process of its own; raises NoAnswer, and NotStarted, which is one too.

    The process lives for `limits.patience` seconds at most.
    """
    try:
        return _run(module, arguments, file, limits)
    except OSError as error:
        # No process, memory or file handle is left: that is no fault of the file.
        raise NotStarted(error.errno) from error


def _run(module: str, arguments: tuple[str, ...], file: bytes, limits: Limits) -> Told:
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-c", _START.format(module=module)]
    with _memory(file) as given, _memory(b"") as answer:
        process = subprocess.Popen(  # noqa: S603  (our own)
            [*command, str(settings.BASE_DIR), *arguments],
            stdin=given,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
        if not _ends(process, limits.patience) or process.returncode != 0:
            raise NoAnswer(process.returncode)
        answer.seek(0)
        return _understood(answer.read(limits.output))


def _memory(contents: bytes) -> BinaryIO:
    memory = os.fdopen(os.memfd_create("evidence"), "w+b")
    memory.write(contents)
    memory.seek(0)
    return memory


def _ends(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the end of a process, woken by the kernel; kill it after so many seconds."""
    try:
        handle = os.pidfd_open(process.pid)
    except OSError:
        process.kill()
        process.wait()
        raise
    poll = select.poll()
    try:
        poll.register(handle, select.POLLIN)
        in_time = bool(poll.poll(seconds * 1000))
    finally:
        os.close(handle)
    if not in_time:
        process.kill()
    process.wait()
    return in_time


def _understood(answer: bytes) -> Told:
    line, _end, photo = answer.partition(b"\n")
    try:
        facts = json.loads(line)
    except ValueError as error:
        raise NoAnswer("no JSON") from error
    if not isinstance(facts, dict):
        raise NoAnswer("no facts")
    return Told(facts=facts, photo=photo)
