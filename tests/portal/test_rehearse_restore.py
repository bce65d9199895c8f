"""The rehearsal of a restore, whole, on a database of the kind that the suite runs on."""

import json
from collections.abc import Mapping
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.demo import rehearsal
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("H06")]
REPLAY = {"closed": 3, "known": 0, "held": 0, "failed": 0, "broken": 0, "without_page": 0, "written": 0, "open": 0}
WELL: Mapping[str, Any] = {
    "closed": 3,
    "left_by_closing": [],
    "back_with_the_backup": 4,
    "replay": {"exit": 0, **REPLAY},
    "left": [],
    "not_closed": 0,
}


def test_rehearsal_closes_restores_and_finds_nobody(tmp_path: Path) -> None:
    out = StringIO()
    call_command("rehearse_restore", "--folder", str(tmp_path), stdout=out)
    found = json.loads(out.getvalue())
    assert found.pop("back_with_the_backup") > 0
    expected = {name: value for name, value in WELL.items() if name != "back_with_the_backup"}
    assert found == {"database": connection.vendor, **expected}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"closed": 2},
        {"left_by_closing": ["accounts_account"]},
        {"back_with_the_backup": 0},
        {"replay": {"exit": 3, **REPLAY}},
        {"left": ["portal.sqlite3-wal"]},
        {"not_closed": 1},
    ],
)
def test_rehearsal_is_well_when_everything_is(changed: dict[str, Any]) -> None:
    assert (rehearsal.is_well(dict(WELL)), rehearsal.is_well({**WELL, **changed})) == (True, False)


def test_rehearsal_touches_no_database_but_its_own(now: datetime, tmp_path: Path, settings: Any) -> None:
    with pytest.raises(CommandError, match="a database of its own"):
        rehearsal.rehearse(backup=tmp_path / "backup", now=now)
    settings.DEMO = True
    make_account("ana")
    with pytest.raises(CommandError, match="has people in it"):
        rehearsal.rehearse(backup=tmp_path / "backup", now=now)


def test_rehearsal_that_cannot_be_made_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKER_PULSE_LIMIT", "many")
    with pytest.raises(CommandError, match="did not end: ValueError"):
        call_command("rehearse_restore", "--folder", str(tmp_path), stdout=StringIO())
