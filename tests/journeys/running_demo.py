"""The real demo as a process of its own: web, worker, caught messages and the clock, on a fresh database."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from django.conf import settings

READY_SECONDS = 90
STOP_SECONDS = 20
MESSAGE_SECONDS = 30


@dataclass(frozen=True)
class Demo:
    """A running demo, by its address."""

    origin: str
    process: subprocess.Popen[bytes]
    log: Path

    def messages(self, to: str) -> list[dict[str, Any]]:
        """Return what was sent to one recipient, newest first."""
        found: list[dict[str, Any]] = httpx.get(f"{self.origin}/demo/outbox.json", params={"to": to}).json()
        return found

    def wait_for_message(self, to: str, *, after: int = 0, saying: str = "") -> dict[str, Any]:
        """Return the newest message to `to` that says so, once there are more than `after` in all."""
        ends = time.monotonic() + MESSAGE_SECONDS
        while time.monotonic() < ends:
            found = self.messages(to)
            wanted = [each for each in found if saying in each["subject"] + each["text"]]
            if len(found) > after and wanted:
                return wanted[0]
            time.sleep(0.2)
        raise AssertionError(f"nothing came for {to}; the log says:\n{self.log.read_text()[-4000:]}")

    def totp(self, email: str) -> str:
        """Return the current authenticator code of a demo person."""
        code: str = httpx.get(f"{self.origin}/demo/totp.json", params={"account": email}).json()["code"]
        return code

    def advance(self, hours: float) -> dict[str, Any]:
        """Move the demo's clock and run what has come due."""
        answer = httpx.post(f"{self.origin}/demo/clock/", json={"advance_hours": hours}, timeout=120)
        answer.raise_for_status()
        result: dict[str, Any] = answer.json()
        return result


@contextmanager
def running_demo(folder: Path, **environment: str) -> Iterator[Demo]:
    """Start `manage.py demo` on a free port with its data in `folder`; end it with the signal of Ctrl-C."""
    port, log = _free_port(), folder / "demo.log"
    with _database(folder) as url, log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(port)],
            cwd=settings.BASE_DIR,
            env=_clean_environment() | {"DEMO": "1", "VAR_DIR": str(folder), "DATABASE_URL": url} | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            demo = Demo(f"http://localhost:{port}", process, log)
            _wait_until_ready(demo)
            yield demo
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_SECONDS)
            finally:
                _kill_group(process)


def leftovers(process: subprocess.Popen[bytes]) -> list[int]:
    """Return the processes of the demo's session that are still there."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == process.pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _clean_environment() -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _wait_until_ready(demo: Demo) -> None:
    ends = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends:
        if demo.process.poll() is not None:
            raise AssertionError(f"the demo ended by itself:\n{demo.log.read_text()}")
        if b"Ctrl-C ends all" in demo.log.read_bytes():
            return
        time.sleep(0.1)
    raise AssertionError(f"the demo was not ready in time:\n{demo.log.read_text()}")


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database of the same kind as the suite's."""
    suite = settings.DATABASES["default"]
    if str(suite["ENGINE"]).endswith("sqlite3"):
        yield f"sqlite:///{folder}/portal.sqlite3"
        return
    name = f"demo_{secrets.token_hex(6)}"
    base = os.environ["DATABASE_URL"]
    with psycopg.connect(base, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    try:
        yield _with_database(base, name)
    finally:
        with psycopg.connect(base, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _with_database(url: str, name: str) -> str:
    head, _slash, tail = url.rpartition("/")
    _old, question, options = tail.partition("?")
    return f"{head}/{name}{question}{options}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
