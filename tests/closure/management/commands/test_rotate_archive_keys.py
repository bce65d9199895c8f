"""The command that wraps archive keys anew: by the ring, and with new keys for the months."""

import fcntl
import json
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.core.management import call_command

from closure.retention import rotation
from closure.retention.archive import open_record
from closure.retention.months import store
from tests.closure.retention.sealing import ANA, months, record_of, ring_of, sealed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H04")]


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Path) -> None:
    settings.ARCHIVE_KEYS_DIR = tmp_path / "keys"
    settings.ARCHIVE_KEYS = ring_of(1)


def run(*arguments: str, code: int = 0) -> list[str]:
    out = StringIO()
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command("rotate_archive_keys", *arguments, stdout=out, stderr=StringIO())
        assert ended.value.code == code
    else:
        call_command("rotate_archive_keys", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def generations() -> list[list[int]]:
    return [store().generations(month) for month in months()]


def test_command_wraps_every_month_by_the_newest_of_the_ring(now: datetime, settings: Any) -> None:
    record = record_of(sealed(now=now))
    settings.ARCHIVE_KEYS = ring_of(2, 1)
    first, second = months()
    assert run() == [f"{first}  1  0  ", f"{second}  1  0  ", "2 files, 0 records, 0 failed"]
    assert run() == ["0 files, 0 records, 0 failed"]
    settings.ARCHIVE_KEYS = ring_of(2)
    assert open_record(record.pk, now=now) == ANA


def test_command_renews_every_month(now: datetime) -> None:
    record = record_of(sealed(now=now))
    first, second = months()
    assert [json.loads(line) for line in run("--renew", "--json", "--batch-size", "1")] == [
        {"month": first, "files": 0, "records": 3, "detail": ""},
        {"month": second, "files": 0, "records": 2, "detail": ""},
        {"summary": {"files": 0, "records": 5, "failed": 0}},
    ]
    assert (generations(), open_record(record.pk, now=now)) == ([[2], [2]], ANA)


def test_command_goes_on_with_a_renewal_and_begins_no_other(now: datetime) -> None:
    sealed(now=now)
    rotation.begin_renewal(now=now)
    assert run("--limit", "1", "--renew")[-1] == "0 files, 3 records, 0 failed"
    assert generations() == [[2], [1, 2]]
    assert run()[-1] == "0 files, 2 records, 0 failed"
    assert generations() == [[2], [2]]


def test_command_dry_run_says_and_changes_nothing(now: datetime, settings: Any) -> None:
    sealed(now=now)
    settings.ARCHIVE_KEYS = ring_of(2, 1)
    first, second = months()
    assert run("--dry-run") == [f"{first}  wrap", f"{second}  wrap", "2 would_rotate"]
    assert run("--dry-run", "--renew", "--limit", "1") == [f"{first}  renew", "1 would_rotate"]
    settings.ARCHIVE_KEYS = ring_of(1)
    assert len(store().read(first, 1)) == 32
    assert generations() == [[1], [1]]


def test_command_names_what_it_cannot_wrap_with_exit_code_3(now: datetime, settings: Any) -> None:
    sealed(now=now)
    settings.ARCHIVE_KEYS = ring_of(3)
    first, second = months()
    assert run(code=3) == [
        f"{first}  0  0  archive_unreadable",
        f"{second}  0  0  archive_unreadable",
        "0 files, 0 records, 2 failed",
    ]


def test_command_without_archives_has_nothing_to_renew() -> None:
    assert run("--renew") == ["0 files, 0 records, 0 failed"]


def test_command_ends_with_4_while_another_runs() -> None:
    with (portal_settings.VAR_DIR / "rotate_archive_keys.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert run(code=4) == []
