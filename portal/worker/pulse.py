"""Pulses: tasks that do nothing, sent through the queue to see whether the whole way through a cluster is open.

Each cluster has a queue of its own for them, or a healthy cluster would answer for a dead one. The answer is written
where the task is acknowledged, so a dead pusher, worker or monitor all show.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django_q.brokers import get_broker
from django_q.tasks import async_task

ANSWER = "portal.worker.pulse.answer"
QUEUE_PREFIX = "pulse-"


def new_name() -> str:
    """Return the name of a new cluster's own queue."""
    return f"{QUEUE_PREFIX}{uuid4().hex}"


def expect(name: str) -> None:
    """Make the file in which a new cluster answers: nobody sees it before it says that nothing came back yet."""
    path = _path(name)
    new = path.with_name(f".{name}")
    new.touch()
    os.utime(new, (0, 0))
    new.rename(path)


def send(name: str, number: int) -> None:
    """Send one pulse; raises whatever the queue raises when it is away."""
    async_task(ANSWER, number, cluster=name, timeout=20)


def answer(number: int) -> int:
    """Do nothing: getting here is the answer."""
    return number


def acknowledged(name: str, task: dict[str, Any]) -> None:
    """Keep the number of a pulse that came back, from inside the cluster.

    It is kept as the file's time, which needs no room: a disk that is full must not look like a cluster that is dead.
    """
    if task.get("func") == ANSWER:
        number = task["args"][0]
        with suppress(FileNotFoundError):  # nobody waits for the answers of a cluster that was given up
            os.utime(_path(name), (number, number))


def last_answered(name: str) -> int:
    """Return the number of the latest pulse that came back; 0 before the first."""
    try:
        return int(_path(name).stat().st_mtime)
    except FileNotFoundError:
        return 0


def forget(name: str) -> None:
    """Remove what a cluster that ended leaves; raises whatever the queue raises when it is away."""
    _path(name).unlink(missing_ok=True)
    get_broker(name).delete_queue()


def _path(name: str) -> Path:
    folder: Path = settings.VAR_DIR / "worker"
    folder.mkdir(exist_ok=True)
    return folder / name
