"""The real demo as a process of its own: web, worker, caught messages and the clock, on a fresh database."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from tests.journeys.databases import Made, database, environment

READY_SECONDS = 90
KILL_SECONDS = 20
# A code counts for half a minute.
NEXT_CODE_SECONDS = 40
MESSAGE_SECONDS = 60
# The machine may be busy with many other tests.
PATIENCE_SECONDS = 120
# One for all calls: each client of its own would read every certificate authority first, for a tenth of a second.
CLIENT = httpx.Client(timeout=PATIENCE_SECONDS, limits=httpx.Limits(max_keepalive_connections=0))


@dataclass(frozen=True)
class Demo:
    """A running demo, by its address; `given` are the authenticator codes that were asked for, each counts once."""

    origin: str
    process: subprocess.Popen[bytes]
    log: Path
    given: set[tuple[str, str]] = field(default_factory=set)

    def messages(self, to: str) -> list[dict[str, Any]]:
        """Return what was sent to one recipient, newest first."""
        found: list[dict[str, Any]] = self.asked("outbox", to=to)
        return found

    def wait_for_message(self, to: str, *, after: int = 0, saying: str = "", link: str = "") -> dict[str, Any]:
        """Return the newest message to `to` that says so, once there are more than `after` in all.

        `link` is the kind that it must hold with a token, as "stop": of two messages about one matter either may come
        first, and either may name the page.
        """
        ends = time.monotonic() + MESSAGE_SECONDS
        while time.monotonic() < ends:
            found = self.messages(to)
            said = [each for each in found if saying in each["subject"] + each["text"]]
            wanted = [each for each in said if not link or link_of(link).search(each["text"])]
            if len(found) > after and wanted:
                return wanted[0]
            time.sleep(0.2)
        raise AssertionError(f"nothing came for {to}; the log says:\n{self.log.read_text()[-4000:]}")

    def totp(self, email: str) -> str:
        """Return an authenticator code of a demo person that was not asked for before; waits for it where it must."""
        ends = time.monotonic() + NEXT_CODE_SECONDS
        while time.monotonic() < ends:
            code: str = self.asked("totp", account=email)["code"]
            if (email, code) not in self.given:
                self.given.add((email, code))
                return code
            time.sleep(0.5)
        raise AssertionError(f"the app of {email} shows the same code for ever")

    def asked(self, name: str, **params: str) -> Any:
        """Return what the demo tells by one of its calls, however busy the machine is."""
        answer = CLIENT.get(f"{self.origin}/demo/{name}.json", params=params)
        return answer.raise_for_status().json()

    def deposit(self, email: str, asset: str, amount: str) -> None:
        """Let a deposit arrive for a demo person, and run what follows."""
        given = {"account": email, "asset": asset, "amount": amount}
        CLIENT.post(f"{self.origin}/demo/deposit/", json=given).raise_for_status()

    def advance(self, hours: float) -> dict[str, Any]:
        """Move the demo's clock and run what has come due."""
        answer = CLIENT.post(f"{self.origin}/demo/clock/", json={"advance_hours": hours})
        answer.raise_for_status()
        result: dict[str, Any] = answer.json()
        return result


def link_of(purpose: str) -> re.Pattern[str]:
    """Return what finds the path of a link with a token, as "stop"."""
    return re.compile(rf"(/{purpose}/[A-Za-z0-9_-]{{32,}}/)")


@contextmanager
def running_demo(folder: Path, *, like: Made | None = None, **more: str) -> Iterator[Demo]:
    """Start `manage.py demo` on a free port with its data in `folder`; end it at once, with all that it started.

    `like` is data to begin with; without it the demo makes its own tables and people, as `make demo` does.
    How it ends when it is asked to is for test_demo.py to show: that takes seconds which no walk needs.
    """
    port, log = _free_port(), folder / "demo.log"
    with database(folder, like=like) as url, log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(port)],
            cwd=settings.BASE_DIR,
            env=environment(folder, url) | more,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            demo = Demo(f"http://localhost:{port}", process, log)
            _wait_until_ready(demo)
            yield demo
        finally:
            _kill(folder)
            process.wait()


def leftovers(folder: Path) -> list[int]:
    """Return the processes of the demo with its data in `folder`, in whatever session: their environment tells."""
    ours = f"VAR_DIR={folder}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if ours in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
        except OSError:
            # It ended meanwhile, or is somebody else's.
            continue
    return found


def _kill(folder: Path) -> None:
    """Kill until nothing is left: whoever is killed late may have started another meanwhile."""
    ends = time.monotonic() + KILL_SECONDS
    while (left := leftovers(folder)) and time.monotonic() < ends:
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    assert left == []


def _wait_until_ready(demo: Demo) -> None:
    ends = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends:
        if demo.process.poll() is not None:
            raise AssertionError(f"the demo ended by itself:\n{demo.log.read_text()}")
        if b"Ctrl-C ends all" in demo.log.read_bytes():
            return
        time.sleep(0.1)
    raise AssertionError(f"the demo was not ready in time:\n{demo.log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
