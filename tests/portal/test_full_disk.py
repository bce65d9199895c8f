"""A full disk: a clear answer, nothing half done, and it goes on when there is room (SQLite, whatever the suite's)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT


@pytest.mark.row("F06")
def test_full_disk_is_said_leaves_nothing_half_done_and_goes_on_with_room(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    environment = {**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/full.sqlite3"}
    command = [sys.executable, "-m", "tests.portal.full_disk_run", str(told)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(told.read_text())
    assert found["full"] == {
        "failed": True,
        "closed": 0,
        "page": 503,
        "words": True,
        "trace": False,
        "new violations": [],
        "pulse": 7,
    }
    assert found["room"] == {"closed": 40}
    # The log names the kind and the place; nobody's name is in it.
    assert "OperationalError" in done.stderr
    assert "example.test" not in done.stderr
