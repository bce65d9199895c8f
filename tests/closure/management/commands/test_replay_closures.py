"""The command that closes again: what it says, what it does, and with which exit code."""

import fcntl
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from accounts.models import Account
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest
from closure.restore import book
from tests.closure.closing import approved
from tests.closure.restore.drills import backed_up, command
from tests.closure.retention.sealing import hold

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H06")]
ZEROS = {"closed": 0, "known": 0, "held": 0, "failed": 0, "broken": 0, "without_page": 0, "written": 0, "open": 0}


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.ARCHIVE_KEYS_DIR = tmp_path / "keys"
    settings.CLOSURE_BOOK_DIR = tmp_path / "book"


@pytest.fixture
def lost(now: datetime, tmp_path: Path) -> list[ClosureRequest]:
    """Return two closures that a restored backup knows nothing of, oldest page first."""
    requests = [approved(name, now=now) for name in ("ana", "ben")]
    with backed_up(tmp_path):
        finalize_due(now=now)
    return requests


def summary(lines: list[str]) -> dict[str, int]:
    counts: dict[str, int] = json.loads(lines[-1])["summary"]
    return counts


def test_command_closes_and_counts(lost: list[ClosureRequest], now: datetime) -> None:
    still_open = approved("carl", now=now)
    code, lines = command("--json")
    assert (code, summary(lines)) == (0, {**ZEROS, "closed": 2, "open": 1})
    assert [json.loads(line) for line in lines[:-1]] == [
        {"reference": request.reference, "result": "closed", "detail": ""} for request in lost
    ]
    # What was due by itself is nobody's business here: it may have been cancelled since.
    assert ClosureRequest.objects.get(pk=still_open.pk).state == "approved"
    code, lines = command()
    assert (code, lines) == (
        0,
        ["0 closed, 2 known, 0 held, 0 failed, 0 broken, 0 without_page, 0 written, 1 open"],
    )


def test_command_dry_run_changes_nothing(lost: list[ClosureRequest]) -> None:
    code, lines = command("--dry-run", "--json")
    assert [json.loads(line) for line in lines[:-1]] == [
        {"reference": request.reference, "here": "open"} for request in lost
    ]
    assert (code, summary(lines)) == (0, {"open": 2, "without_page": 0})
    assert set(Account.objects.values_list("status", flat=True)) == {"frozen"}


def test_command_takes_as_many_as_it_is_told(lost: list[ClosureRequest]) -> None:
    assert summary(command("--json", "--limit", "1", "--batch-size", "1")[1])["closed"] == 1
    assert summary(command("--json", "--batch-size", "1")[1]) == {**ZEROS, "closed": 1, "known": 1}


@pytest.mark.row("H05")
def test_command_tells_what_is_held_with_3(lost: list[ClosureRequest], now: datetime) -> None:
    hold(lost[0].account_id, now=now)
    code, lines = command("--json")
    assert (code, summary(lines)) == (3, {**ZEROS, "closed": 1, "held": 1, "open": 1})


def test_command_tells_a_broken_page_with_5_and_does_the_others(lost: list[ClosureRequest]) -> None:
    page = book.path_of(lost[0])
    page.write_bytes(page.read_bytes().replace(b"approved", b"rejected").replace(b"standard", b"pionex00"))
    code, lines = command("--json")
    assert (code, summary(lines)) == (5, {**ZEROS, "closed": 1, "broken": 1, "open": 1})
    assert json.loads(lines[0])["reference"] == str(lost[0].pk)


def test_command_tells_an_empty_book(now: datetime) -> None:
    with pytest.raises(CommandError, match="Is it the folder of the book"):
        command()


def test_command_tells_and_writes_what_is_closed_here_without_a_page(now: datetime) -> None:
    requests = [approved(name, now=now) for name in ("ana", "ben")]
    finalize_due(now=now)
    genuine = book.path_of(requests[0]).read_bytes()
    book.path_of(requests[0]).unlink()
    code, lines = command("--json")
    assert (code, summary(lines)) == (3, {**ZEROS, "known": 1, "without_page": 1})
    code, lines = command("--json", "--write-missing")
    assert (code, summary(lines)) == (0, {**ZEROS, "known": 1, "written": 1})
    assert book.path_of(requests[0]).read_bytes() == genuine


def test_command_lets_one_run_at_a_time(lost: list[ClosureRequest], settings: Any) -> None:
    with (settings.VAR_DIR / "replay_closures.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert command()[0] == 4
