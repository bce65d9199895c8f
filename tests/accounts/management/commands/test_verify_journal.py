"""`verify_journal`: what people and scripts read."""

import json
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import audit, sealing, triggers
from accounts.models import Account, Checkpoint, Event, JournalLeaf
from tests.accounts.test_sealing import write
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("H07")]


def run(*options: str) -> str:
    out = StringIO()
    call_command("verify_journal", *options, stdout=out)
    return out.getvalue()


def ended(*options: str) -> tuple[object, str]:
    """Return the exit code and what was said."""
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("verify_journal", *options, stdout=out)
    return end.value.code, out.getvalue()


def test_journal_in_order_ends_well_and_says_what_is_not_sealed(now: datetime) -> None:
    for name in ("ana", "bea"):
        make_account(name)
        sealing.seal(now=now)
    assert run() == "2 events, all in order; 2 sealed by 2 checkpoints\n"
    # The verification itself is an event, of after what it looked at.
    since = Event.objects.get(action=audit.VERIFIED).at.isoformat()
    make_account("cai")
    assert run() == f"4 events, all in order; 2 sealed by 2 checkpoints\n2 not sealed yet, since {since}\n"
    counts = {"events": 5, "sealed": 2, "checkpoints": 2, "waiting": 3, "waiting_since": since}
    assert json.loads(run("--json")) == {"summary": {**counts, "broken": None}}


def test_break_is_named_and_ends_with_five() -> None:
    ana = make_account("ana")
    Account.objects.filter(pk=ana.pk).update(journal_head=b"")
    code, said = ended("--json")
    broken = {"subject": f"account {ana.pk}", "problem": "its last event is missing or was replaced"}
    assert (code, json.loads(said)["summary"]["broken"]) == (5, broken)


def test_break_is_named_for_people() -> None:
    make_account("ana")
    triggers.remove(connection)
    event = Event.objects.get()
    Event.objects.update(action="x")
    assert ended() == (5, f"event {event.pk}: its columns differ from its signed bytes\n")


@pytest.fixture
def kept(now: datetime, tmp_path: Path) -> Path:
    """Return a file of what was published, of a journal that was cut off since."""
    file = tmp_path / "checkpoints.txt"
    with file.open("w", encoding="utf-8") as text:
        for _number in range(2):
            write(1, now)
            sealing.seal(now=now)
            text.write(Checkpoint.objects.latest("tree_size").note)
    assert run(f"--published={file}") == "2 events, all in order; 2 sealed by 2 checkpoints\n"
    triggers.remove(connection)
    Event.objects.filter(pk=JournalLeaf.objects.get(position=1).event_id).delete()
    JournalLeaf.objects.filter(position=1).delete()
    Checkpoint.objects.filter(tree_size=2).delete()
    return file


def test_truncation_is_found_by_what_was_published(kept: Path) -> None:
    # What is left of it, and the verification of before it was cut off.
    assert run().splitlines()[0] == "2 events, all in order; 1 sealed by 1 checkpoints"
    words = "the journal ends at 1: it was cut off, or an old backup was restored"
    assert ended(f"--published={kept}") == (5, f"published checkpoint 2: {words}\n")


def test_several_files_are_all_compared(kept: Path, tmp_path: Path) -> None:
    other = tmp_path / "export.jsonl"
    call_command("export_journal", "--checkpoints-only", output=other)
    assert run(f"--published={other}").splitlines()[0] == "2 events, all in order; 1 sealed by 1 checkpoints"
    assert ended(f"--published={other}", f"--published={kept}")[0] == 5


def test_file_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "bytes").write_bytes(b"\xff")
    for name, words in {"empty": "it holds no checkpoint", "none": "No such file", "bytes": "can't decode"}.items():
        with pytest.raises(CommandError, match=f"{name} cannot be used: .*{words}"):
            run(f"--published={tmp_path / name}")
