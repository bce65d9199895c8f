"""The command that ends archives: what it says, what it does, and with which exit code."""

import fcntl
import json
import os
import signal
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.core.management import CommandError, call_command

from closure.management.options import Output
from closure.retention import purge
from closure.retention.models import ArchiveRecord
from closure.retention.schedule import month_of
from tests.closure.retention.ending import certificates, over_by, sealed_long_ago
from tests.closure.retention.sealing import hold, months, record_of, sealed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H01", "H04")]


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Path) -> None:
    settings.ARCHIVE_KEYS_DIR = tmp_path / "keys"


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("purge_archive", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def failing(*arguments: str) -> tuple[int | str | None, list[str]]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("purge_archive", *arguments, stdout=out, stderr=StringIO())
    return ended.value.code, out.getvalue().splitlines()


def test_command_destroys_what_is_over_and_counts(now: datetime) -> None:
    first, second = over_by(now, months=5), over_by(now, months=3)
    for month in (first, second):
        sealed_long_ago("ana", month=month)
    sealed("ben", now=now)
    assert run() == [
        f"{first}  destroyed  0  4  ",
        f"{second}  destroyed  0  4  ",
        "2 destroyed, 0 moved, 8 deleted, 0 stayed, 0 texts",
    ]
    assert run() == ["0 destroyed, 0 moved, 0 deleted, 0 stayed, 0 texts"]
    assert (months("destroyed"), len(months())) == ([first, second], 2)


@pytest.mark.row("H05")
def test_command_speaks_json_and_moves_what_is_held(now: datetime) -> None:
    month = over_by(now, months=3)
    hold(sealed_long_ago("ana", month=month).account_id, now=now)
    assert [json.loads(line) for line in run("--json", "--no-progress", "--no-input")] == [
        {"month": month, "result": "destroyed", "moved": 3, "deleted": 1, "detail": ""},
        {"summary": {"destroyed": 1, "moved": 3, "deleted": 1, "stayed": 0, "texts": 0}},
    ]


def test_command_dry_run_says_and_changes_nothing(now: datetime) -> None:
    month = over_by(now, months=3)
    ana = sealed_long_ago("ana", month=month)
    sealed_long_ago("ben", month=month)
    hold(ana.account_id, now=now)
    assert run("--dry-run") == [f"{month}  destroy  6  3", "1 would_destroy, 0 texts"]
    assert (months(), certificates()) == ([month], [])


def test_command_limit_counts_months(now: datetime) -> None:
    every = [over_by(now, months=number) for number in (5, 4, 3)]
    for month in every:
        sealed_long_ago("ana", month=month)
    assert run("--limit", "2", "--batch-size", "1")[-1].startswith("2 destroyed")
    assert months() == every[2:]


def test_command_as_of_the_future_destroys_nothing_early(now: datetime) -> None:
    record = record_of(sealed(now=now))
    assert run("--as-of", (now + timedelta(days=9000)).isoformat()) == [
        "0 destroyed, 0 moved, 0 deleted, 0 stayed, 0 texts"
    ]
    assert months()[0] == record.key_month


def test_command_as_of_the_past_destroys_nothing_yet(now: datetime) -> None:
    month = over_by(now, months=3)
    sealed_long_ago("ana", month=month)
    assert run("--as-of", f"{month}-20T00:00:00")[-1].startswith("0 destroyed")


@pytest.mark.row("H05")
def test_command_says_which_month_had_to_stay_with_exit_code_3(now: datetime) -> None:
    first, second = over_by(now, months=5), over_by(now, months=3)
    ana = sealed_long_ago("ana", month=first)
    sealed_long_ago("ben", month=second)
    hold(ana.account_id, now=now)
    ArchiveRecord.objects.filter(pk=record_of(ana).pk).update(wrapped_key=b"broken")
    code, lines = failing()
    assert (code, lines[0]) == (3, f"{first}  stayed  2  0  1 held, unreadable")
    assert months("destroyed") == [second]
    assert month_of(now) in months()


def test_command_ends_with_4_while_another_runs(now: datetime) -> None:
    with (portal_settings.VAR_DIR / "purge_archive.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert failing() == (4, [])


def test_command_ends_after_the_month_when_asked_to(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    every = [over_by(now, months=number) for number in (5, 3)]
    for month in every:
        sealed_long_ago("ana", month=month)
    told = Output.line

    def tell(output: Output, item: Any) -> None:
        told(output, item)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Output, "line", tell)
    assert run()[-1].startswith("1 destroyed")
    assert purge.left(now) == every[1:]


@pytest.mark.parametrize("wrong", [("--limit", "0"), ("--batch-size", "x"), ("--as-of", "yesterday")])
def test_command_refuses_what_makes_no_sense(wrong: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        run(*wrong)
