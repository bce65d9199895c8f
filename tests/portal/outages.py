"""Takes the database away from everybody and gives it back: a server that is stopped, a file that somebody locked."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.db import connection
from django.db.backends.signals import connection_created

from tests.architecture.source import ROOT
from tests.plugins.postgresql import Server, server
from tests.portal.workers import database_url

# Holds the one write lock of a file until its input ends.
LOCKER = """
import sqlite3, sys
locker = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
locker.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
locker.execute("ROLLBACK")
"""


class Outage(Protocol):
    """A database that goes away and comes back."""

    def begin(self) -> None: ...

    def end(self) -> None: ...


class StoppedServer:
    """PostgreSQL, stopped and started again."""

    def __init__(self, running: Server) -> None:
        self.running = running

    def begin(self) -> None:
        """Stop the server: every connection is cut."""
        self.running.stop()

    def end(self) -> None:
        """Start it again on the same data."""
        self.running.start()


class LockedFile:
    """SQLite, its file locked by another process."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.locker: subprocess.Popen[str] | None = None

    def begin(self) -> None:
        """Lock the file."""
        command = [sys.executable, "-c", LOCKER, self.path]
        self.locker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.locker.stdout is not None
        assert self.locker.stdout.readline() == "locked\n"

    def end(self) -> None:
        """Let it go."""
        if self.locker is not None:
            self.locker.communicate("")
            self.locker = None


@contextmanager
def outages() -> Iterator[Outage]:
    """Give a database of this test's own, as its default connection, and the switch that takes it away."""
    if connection.vendor == "sqlite":
        locked = LockedFile(str(connection.settings_dict["NAME"]))
        try:
            yield locked
        finally:
            locked.end()
        return
    # What was committed must be there when it is back, as it is on a server that is not only for tests.
    with server(synchronous_commit="on") as running, _used(running):
        yield StoppedServer(running)


@contextmanager
def _used(running: Server) -> Iterator[None]:
    """Let the default connection lead to another server, with every table made there."""
    told = urlsplit(running.url)
    theirs = {"HOST": told.hostname, "PORT": told.port, "USER": told.username, "PASSWORD": told.password}
    ours = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(theirs, NAME=told.path.strip("/"))
    try:
        environment = {**os.environ, "DATABASE_URL": database_url()}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        yield
    finally:
        connection.close()
        connection.settings_dict.update(ours)


def take_away(outage: Outage, *, seconds: float) -> None:
    """Take the database away for so long."""
    outage.begin()
    try:
        time.sleep(seconds)
    finally:
        outage.end()


@contextmanager
def impatient() -> Iterator[None]:
    """Let this process wait for a locked file a moment instead of twenty seconds."""

    def hurry(connection: Any, **_facts: Any) -> None:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout = 200")

    connection.close()
    connection_created.connect(hurry)
    try:
        yield
    finally:
        connection_created.disconnect(hurry)
        connection.close()
