"""The command that destroys photos whose time is over: results, exit codes, one run at a time."""

import fcntl
import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from closure.models import Evidence
from tests.closure.evidencing import kept, open_case, resolve
from tests.factories import make_account
from tests.holding import place

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("J13"),
]


def run(now: datetime, *arguments: str) -> list[str]:
    out = StringIO()
    as_of = (now + timedelta(days=30)).isoformat()
    call_command("purge_evidence", "--as-of", as_of, *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def decided(name: str, now: datetime) -> Evidence:
    case = open_case(make_account(name), now=now)
    row = kept(case, now=now)
    resolve(case, now=now)
    return row


@pytest.mark.row("H05")
def test_command_destroys_what_is_over_less_what_is_held(now: datetime) -> None:
    gone, held = decided("ana", now), decided("ben", now)
    kept(open_case(make_account("cid"), now=now), now=now)
    place(held.account_id, now=now)
    facts = {"kind": "document_front", "taken": now.isoformat()}
    assert [json.loads(line) for line in run(now, "--json")] == [
        {"evidence": str(gone.pk), **facts, "result": "destroyed"},
        {"evidence": str(held.pk), **facts, "result": "held"},
        {"summary": {"destroyed": 1, "held": 1, "mended": 0}},
    ]
    assert run(now)[-1] == "0 destroyed, 1 held, 0 mended"
    assert Evidence.objects.count() == 2


def test_command_dry_run_and_limit(now: datetime) -> None:
    for name in ("ana", "ben", "cid"):
        decided(name, now)
    assert run(now, "--dry-run")[-1] == "3 would_destroy, 0 held"
    assert [line.split("  ")[-1] for line in run(now, "--dry-run", "--limit", "1")] == [
        "ready",
        "1 would_destroy, 0 held",
    ]
    assert run(now, "--limit", "2", "--batch-size", "1")[-1] == "2 destroyed, 0 held, 0 mended"
    assert Evidence.objects.count() == 1


def test_command_refuses_bad_options_and_a_second_run(now: datetime) -> None:
    with pytest.raises(CommandError):
        run(now, "--batch-size", "0")
    with (settings.VAR_DIR / "purge_evidence.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(SystemExit) as ended:
            run(now)
    assert ended.value.code == 4
