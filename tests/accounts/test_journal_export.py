"""What is exported can be checked by others, without us: with the script of docs/journal.md, as it stands there."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import sealing
from accounts.models import Checkpoint, Event
from tests.accounts.test_sealing import write
from tests.architecture.source import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.row("H07")]
SCRIPT = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "journal.md").read_text(encoding="utf-8"), re.DOTALL)
Line = dict[str, Any]


@pytest.fixture
def journal(now: datetime) -> list[Event]:
    """Return 300 events that three checkpoints signed; one more waits."""
    events = []
    for count in (1, 41, 258):
        events += write(count, now)
        sealing.seal(now=now)
    return [*events, *write(1, now)]


def exported(tmp_path: Path, *options: str) -> Path:
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl"
    call_command("export_journal", *options, output=path)
    return path


def checked(client: Client, tmp_path: Path, *files: Path) -> str:
    """Return what the script says of files, or the last line of its error."""
    keys, script = tmp_path / "keys", tmp_path / "check_journal.py"
    keys.write_bytes(client.get("/.well-known/journal-key").content)
    script.write_text("".join(SCRIPT), encoding="utf-8")
    # Nothing of ours can be imported from there.
    done = subprocess.run(
        [sys.executable, "-I", script, keys, *files], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode == 0) == (done.stderr == "")
    return done.stdout or done.stderr.splitlines()[-1]


def change(path: Path, change: Callable[[list[Line]], object]) -> Path:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    change(lines)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def test_export_from_the_beginning_is_checked_offline(journal: list[Event], client: Client, tmp_path: Path) -> None:
    assert checked(client, tmp_path, exported(tmp_path)) == "300 events and 3 checkpoints, all as signed\n"


def test_exports_go_on_where_the_last_one_ended(
    journal: list[Event], client: Client, tmp_path: Path, now: datetime
) -> None:
    first = exported(tmp_path)
    sealing.seal(now=now)
    second = exported(tmp_path, "--since=300")
    assert checked(client, tmp_path, first, second) == (
        "300 events and 3 checkpoints, all as signed\n1 events and 1 checkpoints, all as signed\n"
    )


def test_export_has_each_event_after_which_it_was_sealed(journal: list[Event], tmp_path: Path) -> None:
    lines = [json.loads(line) for line in exported(tmp_path).read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines if line["type"] == "event"] == [str(event.pk) for event in journal[:300]]
    assert [at for at, line in enumerate(lines) if line["type"] == "checkpoint"] == [1, 43, 302]
    assert lines[0]["body"] == bytes(journal[0].body).decode()
    assert (lines[-1]["type"], lines[-1]["events"], lines[-1]["checkpoints"]) == ("summary", 300, 3)


def test_checkpoints_alone_are_what_was_signed(journal: list[Event], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("export_journal", "--checkpoints-only")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    notes = list(Checkpoint.objects.order_by("tree_size").values_list("note", flat=True))
    assert [line["note"] for line in lines[:-1]] == notes
    call_command("export_journal", "--dry-run")
    said = json.loads(capsys.readouterr().out)
    assert (said["events"], said["checkpoints"]) == (300, 3)


CHANGES: dict[str, Callable[[list[Line]], object]] = {
    "a body": lambda lines: lines[50].update(body=lines[50]["body"].replace("happened", "differed")),
    "a position": lambda lines: lines[50].update(position=3),
    "a note": lambda lines: lines[1].update(note=lines[1]["note"].replace("journal", "journa1")),
    "a line is gone": lambda lines: lines.pop(50),
    "two lines are swapped": lambda lines: lines.insert(50, lines.pop(51)),
    "the end is gone": lambda lines: lines.pop(),
    "a count": lambda lines: lines[-1].update(events=7),
}


@pytest.mark.parametrize("what", sorted(CHANGES))
def test_changed_export_is_found_offline(journal: list[Event], client: Client, tmp_path: Path, what: str) -> None:
    path = change(exported(tmp_path), CHANGES[what])
    found = "the export was cut off" if what == "the end is gone" else "a line was changed"
    assert checked(client, tmp_path, path).startswith(found)


def test_inclusion_is_proven_offline(journal: list[Event], client: Client, tmp_path: Path) -> None:
    for position in (0, 41, 255, 256, 299):
        path = exported(tmp_path, f"--proof={journal[position].pk}")
        body = bytes(journal[position].body).decode()
        said = f"event {position} is in the journal of 300 events: {body}\n"
        assert checked(client, tmp_path, path) == said
        assert path.stat().st_size < 2500
    forged = exported(tmp_path, f"--proof={journal[7].pk}")
    change(forged, lambda lines: lines[0]["event"].update(leaf="00" * 32))
    assert checked(client, tmp_path, forged) == "the proof leads elsewhere"


def test_consistency_is_proven_offline(journal: list[Event], client: Client, tmp_path: Path) -> None:
    for size in (1, 42, 300):
        path = exported(tmp_path, f"--consistent-with={size}")
        assert checked(client, tmp_path, path) == f"the journal of 300 events begins with that of {size}\n"
    path = exported(tmp_path, "--consistent-with=42")
    forged = change(path, lambda lines: lines[0]["path"].__setitem__(0, "00" * 32))
    assert checked(client, tmp_path, forged) == "the proof leads elsewhere"


def test_checkpoint_of_another_key_is_refused_offline(
    journal: list[Event], client: Client, tmp_path: Path, settings: Any
) -> None:
    path = exported(tmp_path)
    settings.SIGNING_KEY = bytes(32)
    assert checked(client, tmp_path, path) == "none of the keys signed this checkpoint"


REFUSED = {
    "--proof=01890000-0000-7000-8000-000000000000": "there is no such event",
    "--consistent-with=7": "no checkpoint signed 7 events",
    "--since=301": "the journal ends at 300, before 301: it was cut off, or an old backup was restored",
    "--proof=x": "Error: argument --proof: must be the id of an event",
    "--since=-1": "Error: argument --since: must be a whole number",
}


@pytest.mark.parametrize("option", sorted(REFUSED))
def test_what_cannot_be_exported_is_said(journal: list[Event], option: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("export_journal", option)
    assert str(refused.value) == REFUSED[option]


def test_event_that_waits_cannot_be_proven_yet(journal: list[Event]) -> None:
    with pytest.raises(CommandError, match="this event is not sealed yet"):
        call_command("export_journal", f"--proof={journal[300].pk}")


def test_nothing_sealed_is_an_empty_export_and_no_proof(
    now: datetime, tmp_path: Path, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("export_journal")
    assert json.loads(capsys.readouterr().out)["events"] == 0
    with pytest.raises(CommandError, match="no event is sealed yet"):
        call_command("export_journal", "--since=1")


def test_export_takes_no_other_files_name(journal: list[Event], tmp_path: Path) -> None:
    path = exported(tmp_path)
    before = path.read_bytes()
    with pytest.raises(CommandError, match="cannot be written: File exists"):
        call_command("export_journal", output=path)
    with pytest.raises(CommandError, match="no checkpoint signed"):
        call_command("export_journal", "--consistent-with=7", output=tmp_path / "new")
    assert ([path.name for path in tmp_path.iterdir()], path.read_bytes()) == ([path.name], before)
