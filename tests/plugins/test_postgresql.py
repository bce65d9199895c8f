"""The server of a test run starts empty and ends with it, even when the run is killed."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.architecture.source import ROOT
from tests.plugins.postgresql import running_server

HOLD_A_SERVER = """
import time
from tests.plugins.postgresql import running_server
with running_server() as url:
    print(url, flush=True)
    time.sleep(600)
"""
SECONDS_TO_END = 10


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def test_server_runs_inside_of_the_block_only() -> None:
    with running_server() as url:
        with psycopg.connect(url) as connection:
            settings = connection.execute(
                "SELECT current_setting('fsync'), current_setting('max_connections')"
            ).fetchone()
        inside = answers(url)
    assert (settings, inside, answers(url)) == (("off", "200"), True, False)


def test_server_asks_for_the_password() -> None:
    with running_server() as url, pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url, password="wrong")


@pytest.fixture
def temporary_folder() -> Iterator[str]:
    """Give a folder that the server's own user may enter, and remove what a killed run leaves there."""
    with tempfile.TemporaryDirectory(prefix="closeout-killed-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield name


def test_server_ends_when_the_run_is_killed(temporary_folder: str) -> None:
    environment = os.environ | {"TMPDIR": temporary_folder}
    command = [sys.executable, "-c", HOLD_A_SERVER]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        before = answers(url)
        process.kill()
    deadline = time.monotonic() + SECONDS_TO_END
    while answers(url) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (before, answers(url)) == (True, False)
