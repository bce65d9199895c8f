"""A large history, small enough for every run: `python -m tests.campaigns.exports` does a million."""

import os
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT


@pytest.mark.row("B10")
def test_large_history_is_whole_and_takes_no_more_memory_than_it_may() -> None:
    """In an environment of its own: the campaign makes its own database and compares every row."""
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "PYTHONPATH"}}
    command = [sys.executable, "-m", "tests.campaigns.exports", "--rows", "20000"]
    ran = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, check=False)
    assert (ran.returncode, "20000 rows" in ran.stdout, " 0 rows differ" in ran.stdout) == (0, True, True), ran.stderr
