"""The command that frees identifiers whose time is over: results, exit codes, one run at a time."""

import fcntl
import json
from datetime import datetime
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import BlockedIdentity
from closure.retention.models import Extension
from tests.blocking import MONTH, closed_with

pytestmark = pytest.mark.django_db


def run(now: datetime, *arguments: str) -> list[str]:
    out = StringIO()
    as_of = (now + MONTH).isoformat()
    call_command("release_identifiers", "--as-of", as_of, *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


@pytest.mark.row("G08", "H05")
def test_command_frees_what_is_over_less_what_is_held(now: datetime) -> None:
    free, held = closed_with("ana", now=now), closed_with("ben", now=now)
    closed_with("cid", now=now, until=now + 2 * MONTH)
    owner = BlockedIdentity.objects.get(pk=held).account_id
    Extension.objects.create(account_id=owner, reason="claim", reference_id=owner, opened_at=now)
    until = (now + MONTH).isoformat()
    lines = [json.loads(line) for line in run(now, "--json")]
    assert sorted(lines[:-1], key=lambda line: line["result"]) == [
        {"block": str(held), "kind": "email", "until": until, "result": "held"},
        {"block": str(free), "kind": "email", "until": until, "result": "released"},
    ]
    assert lines[-1] == {"summary": {"released": 1, "held": 1}}
    assert run(now)[-1] == "0 released, 1 held"
    assert BlockedIdentity.objects.count() == 2


def test_command_dry_run_and_limit(now: datetime) -> None:
    for name in ("ana", "ben", "cid"):
        closed_with(name, now=now)
    assert run(now, "--dry-run")[-1] == "3 would_release, 0 held"
    assert [line.split("  ")[-1] for line in run(now, "--dry-run", "--limit", "1")] == [
        "ready",
        "1 would_release, 0 held",
    ]
    assert run(now, "--limit", "2", "--batch-size", "1")[-1] == "2 released, 0 held"
    assert BlockedIdentity.objects.count() == 1


def test_command_refuses_bad_options_and_a_second_run(now: datetime) -> None:
    with pytest.raises(CommandError):
        run(now, "--batch-size", "0")
    with (settings.VAR_DIR / "release_identifiers.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(SystemExit) as ended:
            run(now)
    assert ended.value.code == 4
