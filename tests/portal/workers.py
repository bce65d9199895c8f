"""Starts real workers on the database of the test, and ends them whatever happens."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from tests.architecture.source import ROOT

PATIENCE_SECONDS = 60.0
WHOLE = {"parent": 1, "sentinel": 1, "worker": 2, "monitor": 1, "pusher": 1}
STARTED = re.compile(r"cluster (\d+) started")


def database_url() -> str:
    """Return the URL of the database that this test writes to."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    user, password = quote(str(told["USER"])), quote(str(told["PASSWORD"]))
    return f"postgres://{user}:{password}@{told['HOST']}:{told['PORT']}/{told['NAME']}"


def until(question: Callable[[], object], what: str, *, within: float = PATIENCE_SECONDS) -> None:
    """Wait until the question is answered yes; fails saying what was waited for, and what the workers said."""
    end = time.monotonic() + within
    while not question():
        if time.monotonic() > end:
            message = "\n".join([f"waited {within:.0f} s for: {what}", *(worker.log for worker in RUNNING)])
            raise AssertionError(message)
        time.sleep(0.1)


def is_alive(group: int) -> bool:
    """Tell whether any process of a group still runs; one that is dead and not collected does not."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, its_group = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state != "Z":
            return True
    return False


def children(pid: int) -> list[int]:
    """Return the processes that a process started and that run."""
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def name_of(pid: int) -> str:
    """Return the name that a process gave itself; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


class Worker:
    """One `manage.py worker` with its log."""

    def __init__(self, folder: Path, **environment: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log_file = folder / "worker.log"
        known = {**os.environ, "DATABASE_URL": database_url(), "VAR_DIR": str(folder), "PYTHONFAULTHANDLER": "1"}
        known |= environment
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "worker"], cwd=ROOT, env=known, stdout=log, stderr=log
            )

    @property
    def log(self) -> str:
        """What it said so far."""
        return self.log_file.read_text()

    @property
    def clusters(self) -> list[int]:
        """The process groups of the clusters it started, oldest first."""
        return [int(found) for found in STARTED.findall(self.log)]

    def processes(self) -> dict[str, list[int]]:
        """Return the processes of the latest cluster by what they do; none before the worker told of a cluster."""
        if not (clusters := self.clusters):
            return {}
        found: dict[str, list[int]] = {"parent": [clusters[-1]]}
        for sentinel in children(clusters[-1]):
            found.setdefault("sentinel", []).append(sentinel)
            for part in children(sentinel):
                name = name_of(part)
                # A monitor goes by the name of who started it until it has something to do.
                kind = "monitor" if name == "queue-sentinel" else name.removeprefix("queue-")
                found.setdefault(kind, []).append(part)
        return found

    def is_whole(self) -> bool:
        """Tell whether every process of the latest cluster is there and knows what it is."""
        return {kind: len(found) for kind, found in self.processes().items()} == WHOLE

    def pulses(self) -> dict[str, int]:
        """Return the number of the latest pulse that came back from each cluster."""
        found = {}
        for path in (self.log_file.parent / "worker").glob("pulse-*"):
            with suppress(FileNotFoundError):
                found[path.name] = int(path.stat().st_mtime)
        return found

    def has_answered(self) -> bool:
        """Tell whether a pulse came back from a cluster."""
        return any(self.pulses().values())

    def end(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; returns the exit code and the seconds it took. Fails with what it hung on."""
        asked = time.monotonic()
        self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE_SECONDS), time.monotonic() - asked
        except subprocess.TimeoutExpired:
            # Python writes down then what each of its threads is at.
            self.process.send_signal(signal.SIGABRT)
            self.process.wait(PATIENCE_SECONDS)
            message = f"no end within {PATIENCE_SECONDS:.0f} s of signal {number}; its log:\n{self.log}"
            raise AssertionError(message) from None


RUNNING: list[Worker] = []


@contextmanager
def workers(folder: Path) -> Iterator[Callable[..., Worker]]:
    """Give a function that starts workers; every one of them and its clusters are dead afterwards."""
    started: list[Worker] = []

    def start(**environment: str) -> Worker:
        started.append(Worker(folder / str(len(started)), **environment))
        RUNNING.append(started[-1])
        return started[-1]

    try:
        yield start
    finally:
        for worker in started:
            RUNNING.remove(worker)
            if worker.process.poll() is None:
                worker.process.kill()
                worker.process.wait()
            for group in worker.clusters:
                try:
                    os.killpg(group, signal.SIGKILL)
                except ProcessLookupError:
                    continue
